import pickle
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from backlit.data import load_dataset
from backlit.data.npz import read_npz
from backlit.data.published import CIFAR10
from backlit.errors import DataError
from tests.data.makers import cycled_labels, random_bytes


def arrays(*image: int) -> dict[str, Any]:
    return {
        "x_train": random_bytes(12, *image, seed=1),
        "y_train": cycled_labels(12, 3),
        "x_test": random_bytes(6, *image, seed=2),
        "y_test": cycled_labels(6, 3),
    }


def save(path: Path, **changes: NDArray[Any]) -> Path:
    np.savez(path, **(arrays(4, 5) | changes))
    return path


@pytest.mark.parametrize(
    ("image", "shape"),
    [((4, 5), (1, 4, 5)), ((4, 5, 1), (1, 4, 5)), ((4, 5, 3), (3, 4, 5)), ((3, 4, 5), (3, 4, 5))],
)
def test_channels_are_found_last_or_second(
    tmp_path: Path, image: tuple[int, ...], shape: tuple[int, ...]
) -> None:
    stored = arrays(*image)
    np.savez_compressed(tmp_path / "own.npz", **stored)
    data = read_npz(tmp_path / "own.npz")
    assert data.image_shape == shape
    assert data.train_images.flags.c_contiguous
    assert data.classes == ("0", "1", "2")
    channels_last = image[-1] in (1, 3)
    expected = np.moveaxis(stored["x_test"], -1, 1) if channels_last else stored["x_test"]
    np.testing.assert_array_equal(data.test_images, expected.reshape(6, *shape))


def test_labels_may_stand_in_a_column_and_be_of_any_integer_type(tmp_path: Path) -> None:
    column = cycled_labels(12, 3).astype(np.int32)[:, None]
    data = read_npz(save(tmp_path / "own.npz", y_train=column))
    np.testing.assert_array_equal(data.train_labels, column[:, 0])


def test_the_archive_may_name_the_classes(tmp_path: Path) -> None:
    path = save(tmp_path / "own.npz", classes=np.array(["Ameise", "蜂", "cat"]))
    assert read_npz(path).classes == ("Ameise", "蜂", "cat")


@pytest.mark.parametrize(
    ("name", "known"),
    [("cifar10_subset", True), ("CIFAR-10", True), ("cifar100", False), ("birds", False)],
)
def test_the_file_s_name_tells_the_classes_of_a_published_set(
    tmp_path: Path, name: str, known: bool
) -> None:
    path = tmp_path / f"{name}.npz"
    np.savez(path, **arrays(32, 32, 3))
    data = read_npz(path)
    assert (data.classes == CIFAR10.classes) == known
    assert len(data.notes) == known


def test_a_known_name_gives_no_classes_to_pictures_that_do_not_fit(tmp_path: Path) -> None:
    path = save(tmp_path / "mnist.npz")  # 4×5 pixels
    assert read_npz(path).classes == ("0", "1", "2")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"x_train": np.zeros((12, 4, 5))}, "x_train in .* should be uint8 images .* float64"),
        ({"x_test": random_bytes(6, 4)}, r"x_test in .* uint8 \(6, 4\)"),
        ({"y_train": np.zeros(12)}, r"y_train in .* whole numbers \(N,\), but it is float64"),
        ({"y_test": np.eye(6, dtype=np.int64)}, r"y_test in .* int64 \(6, 6\)"),
        ({"y_test": cycled_labels(5, 3)}, "5 labels y_test in .* for 6 images"),
        ({"y_train": -np.arange(12)}, "labels y_train in .* index 1 is -1"),
        ({"classes": np.array(["ant", "bee"])}, r"y_train in .* \(2 classes\).* index 2 is 2"),
        ({"x_test": random_bytes(6, 5, 5)}, "of 1×4×5 but test images of 1×5×5"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(
    tmp_path: Path, changes: dict[str, NDArray[Any]], words: str
) -> None:
    with pytest.raises(DataError, match=words):
        read_npz(save(tmp_path / "own.npz", **changes))


def test_a_missing_array_is_named(tmp_path: Path) -> None:
    np.savez(tmp_path / "own.npz", x_train=random_bytes(2, 3, 3), y_train=np.zeros(2, dtype=int))
    with pytest.raises(DataError, match="but x_test, y_test are missing"):
        read_npz(tmp_path / "own.npz")


class Trap:
    """Unpickling it would end the tests."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return (exit, ("unpickled",))


def test_pickled_arrays_are_refused_unopened(tmp_path: Path) -> None:
    path = tmp_path / "own.npz"
    np.savez(path, **(arrays(4, 5) | {"y_test": np.array([Trap()] * 6, dtype=object)}))
    with pytest.raises(DataError, match=r"own\.npz is not a readable NumPy archive"):
        read_npz(path)
    path.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(DataError, match=r"own\.npz is not a readable NumPy archive"):
        read_npz(path)


def test_a_single_array_under_this_name_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "own.npz"
    with path.open("wb") as file:
        np.save(file, random_bytes(3, 4))
    with pytest.raises(DataError, match=r"own\.npz is a single NumPy array"):
        read_npz(path)


def test_an_archive_cut_or_changed_anywhere_is_refused_or_whole(tmp_path: Path) -> None:
    path = tmp_path / "own.npz"
    np.savez_compressed(path, **arrays(4, 5))
    whole, before = path.read_bytes(), read_npz(path)
    for length in range(0, len(whole), 37):
        path.write_bytes(whole[:length])
        with pytest.raises(DataError, match=re.escape(str(path))):
            read_npz(path)
    for place in range(0, len(whole), 23):
        changed = bytearray(whole)
        changed[place] ^= 0x41
        path.write_bytes(changed)
        try:
            after = read_npz(path)
        except DataError:
            continue
        np.testing.assert_array_equal(after.train_images, before.train_images)


def test_an_archive_is_found_by_its_path_and_by_its_folder_s(tmp_path: Path) -> None:
    save(tmp_path / "own.npz")
    for path in (tmp_path, tmp_path / "own.npz", str(tmp_path / "own.npz")):
        assert load_dataset(path).name == "own"


@pytest.mark.parametrize("label", [10**9, 2**63 - 1, 2**64 - 1, 18])
def test_more_classes_than_images_are_a_wrong_label(tmp_path: Path, label: int) -> None:
    labels = np.arange(12, dtype=np.uint64) % 3
    labels[5] = label
    with pytest.raises(DataError, match=f"{label:,}|{label}") as caught:
        read_npz(save(tmp_path / "own.npz", y_train=labels))
    assert "18 images" in str(caught.value) or "there is a label" in str(caught.value)


def test_classes_without_an_image_are_mentioned(tmp_path: Path) -> None:
    labels = np.arange(12) % 3 + 3
    data = read_npz(save(tmp_path / "own.npz", y_train=labels))
    assert len(data.classes) == 6
    assert data.notes == (
        "The labels go up to 5, so there are 6 classes, but 3 of them have no training image.",
    )
    assert read_npz(save(tmp_path / "full.npz")).notes == ()


def test_most_classes_without_an_image_are_a_wrong_label(tmp_path: Path) -> None:
    path = save(tmp_path / "own.npz", y_train=np.arange(12) % 3 + 4)
    with pytest.raises(DataError, match="would be 7 classes, but 4 of them have no training image"):
        read_npz(path)
