"""A single picture for a network that is trained already."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from backlit.data.pictures import Source, framing, median_of_border, read_header, read_picture
from backlit.network.normalization import Normalization

ON_PLAIN_GROUND = ("digits", "mnist", "fashion-mnist")
"""Data sets whose pictures show all of a thing on one color, and were never cut."""


def load_image(
    path: str | os.PathLike[str],
    shape: tuple[int, int, int],
    *,
    invert: bool | None = None,
    normalization: Normalization | None = None,
    pad: bool = False,
) -> NDArray[np.uint8]:
    """A picture file as a raw picture (C, H, W) of a network's input shape.

    It is read as the pictures of a folder are, see
    :func:`backlit.data.pictures.read_picture`; let the subject fill the picture, as in the
    training data.

    Args:
        path: Any picture that Pillow reads.
        shape: (C, H, W) with C = 1 or 3.
        invert: Turn dark into light: x becomes 255 − x.  A digit on paper is dark on light while
            those of MNIST and of ``digits`` are light on dark.  ``None`` decides by
            :func:`is_inverted`, and leaves the picture alone without a ``normalization``.
        normalization: The network's, which knows how dark its training pictures were.
        pad: Surround a picture of other proportions with its background.  By default it is cut
            about its middle, as the pictures of a folder are for training.

    Raises:
        ConfigurationError: C is neither 1 nor 3.
        DataError: The file cannot be read as a picture.
    """
    file = Path(path).expanduser()
    return read(file, shape, invert=invert, normalization=normalization, pad=pad).picture


@dataclass(frozen=True)
class Reading:
    """A picture as a network's training pictures are, and what was done to make it so.

    Attributes:
        picture: raw, (C, H, W).
        inverted: whether dark became light.
        framed: how it was cut or widened, see :func:`~backlit.data.pictures.framing`.
    """

    picture: NDArray[np.uint8]
    inverted: bool
    framed: str


def read(
    source: Source,
    shape: tuple[int, int, int],
    *,
    invert: bool | None = None,
    normalization: Normalization | None = None,
    pad: bool = False,
) -> Reading:
    """The same for a file or its contents, and what was done; the options of :func:`load_image`.

    Raises:
        ConfigurationError: C is neither 1 nor 3.
        DataError: It cannot be read as a picture.
    """
    picture = read_picture(source, shape, pad=pad)
    if invert is None:
        invert = normalization is not None and is_inverted(picture, normalization)
    framed = framing(read_header(source), shape, pad=pad)
    return Reading(255 - picture if invert else picture, invert, framed)


def is_inverted(picture: NDArray[np.uint8], normalization: Normalization) -> bool:
    """Whether a gray picture (1, H, W) seems light where the training pictures were dark.

    It compares the background, which is what the border mostly shows: the median of the border
    lies above mid-gray and the mean of the training pictures below, or the other way round.
    Colored pictures are never taken for inverted.
    """
    if len(picture) != 1:
        return False
    light = float(median_of_border(picture)[0]) > 127.5
    return light == (normalization.mean[0] < 0.5)
