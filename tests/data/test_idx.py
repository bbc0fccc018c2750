import gzip
import re
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlit.data.files import read_file
from backlit.data.idx import parse_idx_images, parse_idx_labels
from backlit.errors import DataError
from tests.data.makers import idx_images, idx_labels, random_bytes

HERE = Path("folder/train-images")
IMAGES = random_bytes(3, 4, 5)
DATA = idx_images(IMAGES)


def test_images_and_labels_come_back() -> None:
    parsed = parse_idx_images(DATA, HERE)
    assert parsed.dtype == np.uint8
    np.testing.assert_array_equal(parsed, IMAGES[:, None])
    labels = parse_idx_labels(idx_labels(np.array([0, 9, 255], dtype=np.uint8)), HERE)
    assert labels.dtype == np.int64
    assert labels.tolist() == [0, 9, 255]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is cut off: an idx file of images begins with 16 bytes of header, and here are 0"),
        (DATA[:15], "begins with 16 bytes of header, and here are 15 bytes in all"),
        (
            DATA[:-1],
            "is cut off: its header announces 3 images of 4×5, 76 bytes in all, but there are 75",
        ),
        (
            DATA + b"\0",
            "is too long: its header announces 3 images of 4×5, 76 bytes in all, but there are 77",
        ),
        (idx_images(IMAGES[:0]), "holds no images: its header announces 0 images of 4×5"),
        (
            idx_labels(IMAGES.ravel()),
            "(magic number 0x00000803), but it begins with 0x00000801, that of labels",
        ),
        (b"\x89PNG\r\n\x1a\n" * 4, "(magic number 0x00000803), but it begins with 0x89504e47"),
        (struct.pack(">4I", 0x0803, 2**32 - 1, 2**32 - 1, 2**32 - 1), "is cut off"),
    ],
)
def test_what_is_no_file_of_images_is_refused_by_name(data: bytes, words: str) -> None:
    with pytest.raises(DataError, match=re.escape(words)) as caught:
        parse_idx_images(data, HERE)
    assert str(caught.value).startswith(str(HERE))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            DATA,
            "of labels (magic number 0x00000801), but it begins with 0x00000803, that of images",
        ),
        (idx_labels(IMAGES[:0].ravel()), "holds no labels"),
        (idx_labels(IMAGES.ravel())[:-2], "announces 60 labels, 68 bytes in all, but there are 66"),
    ],
)
def test_what_is_no_file_of_labels_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(DataError, match=re.escape(words)):
        parse_idx_labels(data, HERE)


@given(st.binary(max_size=100))
def test_any_bytes_parse_or_are_refused(data: bytes) -> None:
    for parse in (parse_idx_images, parse_idx_labels):
        try:
            parsed = parse(data, HERE)
        except DataError:
            continue
        assert parsed.size > 0


@pytest.mark.parametrize("name", ["data", "data.gz"])
@pytest.mark.parametrize("packed", [True, False])
def test_compression_is_seen_from_the_contents(tmp_path: Path, name: str, packed: bool) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(DATA) if packed else DATA)
    assert read_file(path) == DATA


def test_a_compressed_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.gz"
    whole = gzip.compress(DATA)
    for length in range(2, len(whole)):  # shorter ones cannot be told from uncompressed files
        path.write_bytes(whole[:length])
        with pytest.raises(DataError, match=r"cut\.gz is (cut off|damaged)"):
            read_file(path)


def test_a_changed_byte_in_a_compressed_file_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "changed.gz"
    whole = bytearray(gzip.compress(DATA))
    whole[len(whole) - 8] ^= 1  # the check sum itself
    path.write_bytes(whole)
    with pytest.raises(DataError, match=r"changed\.gz is damaged: CRC check failed"):
        read_file(path)
    refused = 0
    for place in range(10, len(whole)):  # behind the header, whose time stamp may be anything
        changed = bytearray(gzip.compress(DATA))
        changed[place] ^= 0x10
        path.write_bytes(changed)
        try:
            assert read_file(path) == DATA  # some bits at the end of the stream mean nothing
        except DataError:
            refused += 1
    assert refused > 0.9 * len(whole) - 10


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"absent cannot be read: No such file"):
        read_file(tmp_path / "absent")
