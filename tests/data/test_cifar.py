from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backlit.data.cifar import holds_cifar_files, read_cifar_folder
from backlit.data.files import md5
from backlit.data.published import CIFAR10, CIFAR_ARCHIVE, CIFAR_FILES
from backlit.errors import DataError
from tests.data.makers import cifar_archive, cifar_contents, cifar_records


def write_batches(folder: Path, contents: dict[str, bytes] | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in (contents or cifar_contents()).items():
        (folder / name).write_bytes(data)
    return folder


def test_a_record_is_the_label_then_red_green_and_blue(tmp_path: Path) -> None:
    record = np.zeros(3073, dtype=np.uint8)
    record[0] = 7
    record[1 + 33] = 10  # red, second row, second column
    record[1 + 1024] = 20  # green, top left
    record[3072] = 30  # blue, bottom right
    contents = cifar_contents() | {"test_batch.bin": record.tobytes()}
    data = read_cifar_folder(write_batches(tmp_path, contents))
    image = data.test_images[0]
    assert data.test_labels.tolist() == [7]
    assert (image[0, 1, 1], image[1, 0, 0], image[2, 31, 31]) == (10, 20, 30)
    assert image.sum() == 60


def test_the_batches_follow_one_another(tmp_path: Path) -> None:
    data = read_cifar_folder(write_batches(tmp_path))
    assert data.train_images.shape == (50, 3, 32, 32)
    assert data.test_images.shape == (10, 3, 32, 32)
    for k in range(5):
        pixels = cifar_records(10, seed=k)[:, 1:].reshape(10, 3, 32, 32)
        np.testing.assert_array_equal(data.train_images[10 * k : 10 * k + 10], pixels)
    assert data.train_images.flags.c_contiguous
    assert data.test_images.flags.c_contiguous
    assert data.classes == CIFAR10.classes
    assert data.official is False


def test_the_archive_and_what_it_unpacks_to_are_the_same_set(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / CIFAR_ARCHIVE).write_bytes(cifar_archive())
    write_batches(tmp_path / "unpacked" / "cifar-10-batches-bin")
    known = replace(CIFAR10, contents={name: md5(data) for name, data in cifar_contents().items()})
    packed, unpacked = (
        read_cifar_folder(tmp_path / name, known, strict=True) for name in ("archive", "unpacked")
    )
    np.testing.assert_array_equal(packed.train_images, unpacked.train_images)
    np.testing.assert_array_equal(packed.test_labels, unpacked.test_labels)
    assert packed.official is unpacked.official is True
    assert not (tmp_path / "archive" / "cifar-10-batches-bin").exists()  # read in memory


@pytest.mark.parametrize("name", CIFAR_FILES)
def test_a_missing_batch_is_named(tmp_path: Path, name: str) -> None:
    folder = write_batches(tmp_path)
    (folder / name).unlink()
    with pytest.raises(DataError, match=f"lacks {name} of CIFAR-10's binary version"):
        read_cifar_folder(folder)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", r"data_batch_2.bin is cut off .* records of 3,073 bytes, but it has 0 bytes"),
        (cifar_records(3).tobytes()[:-1], r"data_batch_2.bin is cut off .* it has 9,218 bytes"),
        (
            np.full(3073, 10, dtype=np.uint8).tobytes(),
            r"data_batch_2.bin should lie in 0 … 9 .* index 0 is 10",
        ),
    ],
)
def test_broken_batches_are_named(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_cifar_folder(write_batches(tmp_path, cifar_contents() | {"data_batch_2.bin": data}))


def test_an_archive_cut_anywhere_is_refused(tmp_path: Path) -> None:
    whole = cifar_archive()
    for part in range(1, 10):
        (tmp_path / CIFAR_ARCHIVE).write_bytes(whole[: len(whole) * part // 10])
        with pytest.raises(DataError, match=rf"{CIFAR_ARCHIVE} is cut off or damaged"):
            read_cifar_folder(tmp_path)


def test_an_archive_without_a_batch_is_refused(tmp_path: Path) -> None:
    contents = cifar_contents()
    del contents["data_batch_4.bin"]
    (tmp_path / CIFAR_ARCHIVE).write_bytes(cifar_archive(contents))
    with pytest.raises(DataError, match=r"tar\.gz lacks data_batch_4\.bin"):
        read_cifar_folder(tmp_path)


@pytest.mark.parametrize("name", ["data_batch_1", "cifar-10-python.tar.gz"])
def test_the_pickled_version_is_explained_and_not_opened(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"cos\nsystem\n(S'exit 1'\ntR.")
    assert holds_cifar_files(tmp_path)
    with pytest.raises(DataError, match=r"pickled Python version.*get the binary version"):
        read_cifar_folder(tmp_path)


def test_strict_refuses_batches_that_are_not_the_published_ones(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"not CIFAR-10 as published: data_batch_1\.bin"):
        read_cifar_folder(write_batches(tmp_path), strict=True)
