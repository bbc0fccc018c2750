from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from backlit.data import load_dataset
from backlit.data.folder import read_picture_folder
from backlit.errors import ConfigurationError, DataError
from tests.data.makers import random_bytes

COLORS = {"blue": 2, "green": 1, "red": 0}


def picture(color: int, height: int, width: int, seed: int = 0) -> NDArray[np.uint8]:
    """A picture in which one channel is bright and the other two are dark."""
    pixels = random_bytes(height, width, 3, seed=seed) // 4
    pixels[:, :, color] += 180
    return pixels


def write(path: Path, pixels: NDArray[np.uint8]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def colors(
    root: Path, count: int = 10, size: tuple[int, int] = (12, 16), suffix: str = ".png"
) -> Path:
    for name, channel in COLORS.items():
        for k in range(count):
            write(root / name / f"{k}{suffix}", picture(channel, *size, seed=k))
    return root


def check_colors(images: NDArray[np.uint8], labels: NDArray[np.int64], classes: object) -> None:
    assert classes == tuple(sorted(COLORS))
    for image, label in zip(images, labels, strict=True):
        brightest = image.mean(axis=(1, 2)).argmax()
        assert brightest == COLORS[sorted(COLORS)[label]]


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_pictures_and_labels_stay_together(tmp_path: Path, suffix: str) -> None:
    data = read_picture_folder(colors(tmp_path / "colors", suffix=suffix))
    assert data.name == "colors"
    assert data.image_shape == (3, 12, 16)
    assert (len(data.train_labels), len(data.test_labels)) == (24, 6)
    assert np.bincount(data.test_labels).tolist() == [2, 2, 2]
    check_colors(*data.train, data.classes)
    check_colors(*data.test, data.classes)
    assert data.notes == ("6 of 30 pictures are held out for testing (seed 0).",)


def test_the_seed_alone_decides_what_is_held_out(tmp_path: Path) -> None:
    root = colors(tmp_path)
    first, again, other = (read_picture_folder(root, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.test_images, again.test_images)
    assert first.test_images.tobytes() != other.test_images.tobytes()
    third = read_picture_folder(root, test_fraction=0.3)
    assert len(third.test_labels) == 9


def test_folders_for_testing_are_kept_apart(tmp_path: Path) -> None:
    colors(tmp_path / "train", count=3)
    colors(tmp_path / "test", count=2)
    data = read_picture_folder(tmp_path)
    assert (len(data.train_labels), len(data.test_labels)) == (9, 6)
    assert data.notes == ()
    check_colors(*data.test, data.classes)


def test_the_usual_size_is_the_median_and_is_told(tmp_path: Path) -> None:
    root = colors(tmp_path, count=3, size=(20, 30))
    write(root / "red" / "odd.png", picture(0, 50, 7))
    data = read_picture_folder(root)
    assert data.image_shape == (3, 20, 30)
    assert "1 of 10 pictures are cut and scaled to 20×30 (height×width)." in data.notes
    check_colors(*data.train, data.classes)


def test_large_pictures_are_made_64_at_most_in_proportion(tmp_path: Path) -> None:
    data = read_picture_folder(colors(tmp_path, count=2, size=(120, 160)))
    assert data.image_shape == (3, 48, 64)
    assert "6 of 6 pictures are cut and scaled to 48×64 (height×width)." in data.notes


def test_very_long_pictures_keep_a_pixel(tmp_path: Path) -> None:
    assert read_picture_folder(colors(tmp_path / "wide", 2, (1, 200))).image_shape == (3, 1, 64)
    assert read_picture_folder(colors(tmp_path / "high", 2, (200, 1))).image_shape == (3, 64, 1)


def test_size_and_channels_can_be_chosen(tmp_path: Path) -> None:
    root = colors(tmp_path, count=2)
    assert load_dataset(root, image_size=8, channels=1).image_shape == (1, 8, 8)
    assert load_dataset(str(root), image_size=(100, 7)).image_shape == (3, 100, 7)


def test_pictures_are_gray_if_every_file_is(tmp_path: Path) -> None:
    for name in ("a", "b"):
        for k in range(4):
            write(tmp_path / name / f"{k}.png", random_bytes(6, 6, seed=k))
    gray = read_picture_folder(tmp_path)
    assert gray.image_shape == (1, 6, 6)
    assert gray.train_images[0, 0].tolist() in [
        random_bytes(6, 6, seed=k).tolist() for k in range(4)
    ]
    write(tmp_path / "b" / "colored.png", random_bytes(6, 6, 3))
    assert read_picture_folder(tmp_path).image_shape == (3, 6, 6)


def test_a_limit_keeps_every_class_and_changes_neither_size_nor_split(tmp_path: Path) -> None:
    root = colors(tmp_path, count=10)
    write(root / "blue" / "large.png", picture(2, 40, 40))
    whole, limited = (read_picture_folder(root, limit=limit) for limit in (None, 7))
    assert limited.image_shape == whole.image_shape
    assert len(limited.train_labels) == 7
    assert set(limited.train_labels) == {0, 1, 2}
    kept = {image.tobytes() for image in limited.train_images}
    assert kept <= {image.tobytes() for image in whole.train_images}
    np.testing.assert_array_equal(limited.train_images, whole.limited(7).train_images)
    np.testing.assert_array_equal(limited.test_images, whole.limited(7).test_images)


def test_the_usual_size_is_that_of_all_pictures_under_a_limit_too(tmp_path: Path) -> None:
    root = colors(tmp_path, count=3, size=(12, 16))
    for name, channel in COLORS.items():
        for k in range(5):  # the larger ones come later in every class
            write(root / name / f"later {k}.png", picture(channel, 20, 30))
    limited = read_picture_folder(root, limit=3, test_fraction=0)
    assert limited.image_shape == (3, 20, 30)


@pytest.mark.parametrize("cut", [True, False])
def test_a_picture_that_cannot_be_read_is_named(tmp_path: Path, cut: bool) -> None:
    root = colors(tmp_path, count=2)
    bad = root / "red" / "0.png"
    bad.write_bytes(bad.read_bytes()[:100] if cut else b"no picture")
    with pytest.raises(DataError, match=r"red.0\.png cannot be read as a picture"):
        read_picture_folder(root)


def test_two_pictures_are_enough_to_train_on(tmp_path: Path) -> None:
    data = read_picture_folder(colors(tmp_path, count=1))
    assert len(data.train_labels) == 3
    assert len(data.test_labels) == 0


def test_a_fraction_that_leaves_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"not 1\.0"):
        read_picture_folder(colors(tmp_path, count=2), test_fraction=1.0)


def test_progress_goes_to_standard_error_and_can_be_silenced(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backlit.data.folder._WORTH_A_BAR", 1)
    monkeypatch.setenv("FORCE_COLOR", "1")
    root = colors(tmp_path, count=2)
    read_picture_folder(root, progress=False)
    assert capfd.readouterr() == ("", "")
    read_picture_folder(root, progress=True)
    out, err = capfd.readouterr()
    assert out == ""
    assert "Reading pictures" in err
