from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from backlit.data import load_dataset, load_image
from backlit.data.prediction import is_inverted
from backlit.errors import ConfigurationError, DataError
from backlit.network.normalization import Normalization
from tests.data.makers import random_bytes

DARK, LIGHT = Normalization((0.2,), (0.3,)), Normalization((0.8,), (0.3,))


def digit(side: int = 8) -> NDArray[np.uint8]:
    """A light stroke on dark ground."""
    pixels = np.zeros((side, side), dtype=np.uint8)
    pixels[side // 4 : -side // 4, side // 2] = 250
    return pixels


def write(path: Path, pixels: NDArray[np.uint8]) -> Path:
    Image.fromarray(pixels).save(path)
    return path


def test_a_picture_is_read_to_the_network_s_input_shape(tmp_path: Path) -> None:
    path = write(tmp_path / "x.png", digit())
    np.testing.assert_array_equal(load_image(path, (1, 8, 8)), digit()[None])
    np.testing.assert_array_equal(load_image(str(path), (3, 8, 8)), [digit()] * 3)
    assert load_image(path, (1, 20, 30)).shape == (1, 20, 30)


@pytest.mark.parametrize(
    ("paper", "trained_on", "inverted"),
    [(True, DARK, True), (False, DARK, False), (True, LIGHT, False), (False, LIGHT, True)],
)
def test_a_digit_on_paper_is_made_like_the_training_pictures(
    tmp_path: Path, paper: bool, trained_on: Normalization, inverted: bool
) -> None:
    stored = 255 - digit() if paper else digit()
    picture = load_image(write(tmp_path / "x.png", stored), (1, 8, 8), normalization=trained_on)
    np.testing.assert_array_equal(picture[0], 255 - stored if inverted else stored)


def test_the_choice_can_be_made_by_hand(tmp_path: Path) -> None:
    path = write(tmp_path / "x.png", 255 - digit())
    for normalization in (None, DARK, LIGHT):
        kept = load_image(path, (1, 8, 8), invert=False, normalization=normalization)
        turned = load_image(path, (1, 8, 8), invert=True, normalization=normalization)
        np.testing.assert_array_equal(kept[0], 255 - digit())
        np.testing.assert_array_equal(turned[0], digit())
    np.testing.assert_array_equal(load_image(path, (1, 8, 8))[0], 255 - digit())


def test_colored_pictures_are_never_inverted_by_themselves() -> None:
    light = np.full((3, 4, 4), 255, dtype=np.uint8)
    assert not is_inverted(light, Normalization((0.1,) * 3, (0.3,) * 3))


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (2, 2), (7, 1)])
def test_the_smallest_pictures_have_a_border_too(shape: tuple[int, int]) -> None:
    assert is_inverted(np.full((1, *shape), 255, dtype=np.uint8), DARK)


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"absent\.png cannot be read"):
        load_image(tmp_path / "absent.png", (1, 8, 8))
    with pytest.raises(ConfigurationError, match="1 or 3 channels; 2 were asked for"):
        load_image(write(tmp_path / "x.png", random_bytes(4, 4)), (2, 8, 8))


def test_the_embedded_digits_are_told_from_their_inverses() -> None:
    digits = load_dataset("digits")
    normalization = Normalization.fit(digits.train_images)
    taken = np.mean([is_inverted(image, normalization) for image in digits.test_images])
    missed = np.mean([not is_inverted(255 - image, normalization) for image in digits.test_images])
    assert taken == missed == 0


def test_no_piece_of_clothing_is_taken_for_inverted_or_missed(real_data: Path) -> None:
    clothes = load_dataset("fashion-mnist", data_dir=real_data)
    normalization = Normalization.fit(clothes.train_images)
    images = clothes.test_images[:2000]
    assert not any(is_inverted(image, normalization) for image in images)
    assert all(is_inverted(255 - image, normalization) for image in images)


def test_a_picture_is_cut_as_for_training_unless_it_is_to_be_widened(tmp_path: Path) -> None:
    pixels = np.zeros((24, 8), dtype=np.uint8)
    pixels[20:] = 250  # below the middle
    path = write(tmp_path / "x.png", pixels)
    assert not load_image(path, (1, 8, 8)).any()
    assert load_image(path, (1, 8, 8), pad=True).any()
    for name in "ab":
        (tmp_path / "photos" / name).mkdir(parents=True)
        for k in range(2):
            write(tmp_path / "photos" / name / f"{k}.png", pixels)
    data = load_dataset(tmp_path / "photos", image_size=8)
    np.testing.assert_array_equal(data.train_images[0], load_image(path, (1, 8, 8)))
