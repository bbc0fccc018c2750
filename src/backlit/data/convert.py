"""Pictures that are in memory already, brought to another size or number of channels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from backlit.data.dataset import Dataset
from backlit.data.pictures import as_array, resized
from backlit.errors import DataError


def converted(
    dataset: Dataset, image_size: tuple[int, int] | None, channels: int | None
) -> Dataset:
    """The data set with its pictures (H, W) large, gray (1) or RGB (3); ``None`` keeps them.

    Pictures are cut, scaled and made gray as :func:`backlit.data.pictures.read_picture` does it.

    Raises:
        DataError: The data set's pictures have neither 1 nor 3 channels.
    """
    shape = dataset.image_shape
    if (image_size or shape[1:], channels or shape[0]) == (shape[1:], shape[0]):
        return dataset
    if shape[0] not in (1, 3):
        raise DataError(
            f"{dataset.name} has {shape[0]} channels; only pictures of 1 or 3 can be converted"
        )
    wanted = (channels or shape[0], *(image_size or shape[1:]))
    return replace(
        dataset,
        train_images=_convert(dataset.train_images, wanted),
        test_images=_convert(dataset.test_images, wanted),
    )


def _convert(images: NDArray[np.uint8], shape: tuple[int, int, int]) -> NDArray[np.uint8]:
    channels, height, width = shape
    out = np.empty((len(images), *shape), dtype=np.uint8)
    for place, pixels in enumerate(images):
        image = Image.fromarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0))
        out[place] = as_array(
            resized(image.convert("L" if channels == 1 else "RGB"), height, width)
        )
    return out
