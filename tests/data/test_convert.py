from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backlit.data import Dataset, load_dataset
from backlit.data.convert import converted
from backlit.data.pictures import read_picture
from backlit.errors import DataError
from tests.data.makers import random_bytes


def make(channels: int) -> Dataset:
    labels = np.arange(6) % 2
    return Dataset(
        name="made",
        train_images=random_bytes(6, channels, 9, 7, seed=1),
        train_labels=labels,
        test_images=random_bytes(2, channels, 9, 7, seed=2),
        test_labels=labels[:2],
        classes=("a", "b"),
    )


def test_nothing_to_convert_leaves_the_set_alone() -> None:
    data = make(3)
    assert converted(data, None, None) is data
    assert converted(data, (9, 7), 3) is data
    two = make(2)
    assert converted(two, (9, 7), None) is two


@pytest.mark.parametrize(("before", "after"), [(1, 3), (3, 1), (3, 3), (1, 1)])
@pytest.mark.parametrize("size", [(9, 7), (4, 5), (20, 20)])
def test_pictures_in_memory_are_converted_as_those_in_files_are(
    tmp_path: Path, before: int, after: int, size: tuple[int, int]
) -> None:
    data = make(before)
    result = converted(data, size, after)
    assert result.image_shape == (after, *size)
    np.testing.assert_array_equal(result.train_labels, data.train_labels)
    for original, image in zip(data.test_images, result.test_images, strict=True):
        pixels = original[0] if before == 1 else original.transpose(1, 2, 0)
        Image.fromarray(np.ascontiguousarray(pixels)).save(tmp_path / "x.png")
        np.testing.assert_array_equal(image, read_picture(tmp_path / "x.png", (after, *size)))


def test_pictures_of_other_channels_cannot_be_converted() -> None:
    with pytest.raises(DataError, match="made has 2 channels"):
        converted(make(2), (4, 4), None)


def test_named_data_sets_take_a_size_and_channels() -> None:
    digits = load_dataset("digits", image_size=16, channels=3, limit=20)
    assert digits.train_images.shape == (20, 3, 16, 16)
    assert load_dataset("digits").image_shape == (1, 8, 8)
