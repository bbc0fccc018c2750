import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backlit.data.files import md5
from backlit.data.mnist import read_idx_folder
from backlit.data.published import FASHION_MNIST, IDX_FILES, MNIST
from backlit.errors import DataError
from tests.data.makers import (
    cycled_labels,
    idx_contents,
    idx_images,
    idx_labels,
    random_bytes,
    write_idx_folder,
)

TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = IDX_FILES


@pytest.mark.parametrize("packed", [True, False])
def test_a_folder_of_ones_own_is_read_packed_or_not(tmp_path: Path, packed: bool) -> None:
    data = read_idx_folder(write_idx_folder(tmp_path / "letters", packed=packed))
    assert (data.name, data.official, data.notes) == ("letters", None, ())
    assert data.image_shape == (1, 6, 6)
    assert data.classes == tuple("0123456789")
    np.testing.assert_array_equal(data.train_images[:, 0], random_bytes(40, 6, 6, seed=1))
    np.testing.assert_array_equal(data.test_labels, cycled_labels(20))


def test_the_classes_of_an_unknown_set_are_as_many_as_its_labels_say(tmp_path: Path) -> None:
    contents = idx_contents() | {TEST_LABELS: idx_labels(np.full(20, 18, dtype=np.uint8))}
    data = read_idx_folder(write_idx_folder(tmp_path / "letters", contents))
    assert len(data.classes) == 19


def test_names_with_a_dot_before_idx_are_understood(tmp_path: Path) -> None:
    folder = write_idx_folder(tmp_path / "dots", packed=False)
    for name in IDX_FILES:
        (folder / name).rename(folder / name.replace("-idx", ".idx"))
    assert len(read_idx_folder(folder).train_images) == 40


def test_an_unpacked_file_goes_before_its_packed_twin(tmp_path: Path) -> None:
    folder = write_idx_folder(tmp_path / "both", packed=False)
    (folder / f"{TRAIN_IMAGES}.gz").write_bytes(b"not looked at")
    assert len(read_idx_folder(folder).train_images) == 40


@pytest.mark.parametrize("folder", ["fashion_mnist", "Fashion-MNIST", "FashionMNIST/raw"])
def test_the_folder_s_name_tells_what_own_files_are(tmp_path: Path, folder: str) -> None:
    data = read_idx_folder(write_idx_folder(tmp_path / folder))
    assert data.name == "fashion-mnist"
    assert data.classes == FASHION_MNIST.classes
    assert data.credit == FASHION_MNIST.credit
    assert data.official is False
    (note,) = data.notes
    assert "well-formed but not Fashion-MNIST as published" in note
    assert all(name in note for name in IDX_FILES)


def test_a_copy_with_the_published_contents_is_official_however_it_was_packed(
    tmp_path: Path,
) -> None:
    contents = idx_contents()
    known = replace(MNIST, contents={name: md5(data) for name, data in contents.items()})
    folder = write_idx_folder(tmp_path / "x", contents)
    assert read_idx_folder(folder, known).official is True
    (folder / f"{TRAIN_IMAGES}.gz").write_bytes(gzip.compress(contents[TRAIN_IMAGES], 1))
    data = read_idx_folder(folder, known, strict=True)
    assert data.official is True
    assert data.notes == ()


def test_strict_refuses_another_content(tmp_path: Path) -> None:
    contents = idx_contents()
    known = replace(MNIST, contents={name: md5(data) for name, data in contents.items()})
    contents[TEST_IMAGES] = contents[TEST_IMAGES][:-1] + b"?"
    folder = write_idx_folder(tmp_path / "x", contents)
    assert read_idx_folder(folder, known).official is False
    with pytest.raises(DataError, match=f"not MNIST as published: {TEST_IMAGES} differs"):
        read_idx_folder(folder, known, strict=True)


@pytest.mark.parametrize("name", IDX_FILES)
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    folder = write_idx_folder(tmp_path / "x")
    (folder / f"{name}.gz").unlink()
    with pytest.raises(DataError, match=rf"x lacks {name} \(with or without \.gz\)"):
        read_idx_folder(folder)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        (
            TRAIN_LABELS,
            idx_labels(cycled_labels(39)),
            "39 labels in .*train-labels.* for 40 images",
        ),
        (TEST_LABELS, idx_labels(cycled_labels(21)), "21 labels in .*t10k-labels.* for 20 images"),
        (
            TRAIN_LABELS,
            idx_labels(cycled_labels(40, 11)),
            r"train-labels.* should lie in 0 … 9 \(10 classes\), but the label at index 10 is 10",
        ),
        (TRAIN_LABELS, idx_images(random_bytes(40, 6, 6)), "train-labels.* idx file of labels"),
        (TEST_IMAGES, idx_labels(cycled_labels(20)), "t10k-images.* idx file of images"),
        (TEST_IMAGES, idx_contents()[TEST_IMAGES][:-5], "t10k-images.*is cut off"),
        (TEST_IMAGES, idx_images(random_bytes(20, 7, 6)), "1×6×6 but test images of 1×7×6"),
    ],
)
def test_mislabeled_and_broken_files_are_named(
    tmp_path: Path, name: str, data: bytes, words: str
) -> None:
    folder = write_idx_folder(tmp_path / "mnist", idx_contents() | {name: data})
    with pytest.raises(DataError, match=words):
        read_idx_folder(folder, MNIST)


def test_labels_that_skip_classes_are_mentioned_and_too_many_refused(tmp_path: Path) -> None:
    contents = idx_contents()
    labels = cycled_labels(40, 6) + 4
    contents[IDX_FILES[1]] = idx_labels(labels)
    data = read_idx_folder(write_idx_folder(tmp_path / "some", contents))
    assert len(data.classes) == 10
    assert "4 of them have no training image" in data.notes[0]
    contents[IDX_FILES[1]] = idx_labels(cycled_labels(40, 4) + 6)
    with pytest.raises(DataError, match="labels up to 9, which would be 10 classes, but 6 of them"):
        read_idx_folder(write_idx_folder(tmp_path / "most", contents))
    contents[IDX_FILES[1]] = idx_labels(labels + 194)
    with pytest.raises(DataError, match="has a label 203, but only 60 images"):
        read_idx_folder(write_idx_folder(tmp_path / "many", contents))
