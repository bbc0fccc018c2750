"""CIFAR-10 in its official binary version.

Each ``.bin`` file is a row of records of 3,073 bytes: the label, then 32×32 red values row by row,
then green, then blue.  Source: https://www.cs.toronto.edu/~kriz/cifar.html.  The better known
Python version is pickled; unpickling can run any code, so it is not read here.
"""

from __future__ import annotations

import tarfile
import zlib
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from backlit.data.dataset import Dataset, check_labels
from backlit.data.files import md5, read_file, reason
from backlit.data.published import CIFAR10, CIFAR_ARCHIVE, CIFAR_FILES, Published, compare
from backlit.errors import DataError

_SHAPE = CIFAR10.image_shape
_RECORD = 1 + 3 * 32 * 32


def holds_cifar_files(folder: Path) -> bool:
    """Whether this folder holds CIFAR-10 in any version, the pickled one included."""
    return (
        any((folder / name).is_file() for name in (*CIFAR_FILES, CIFAR_ARCHIVE))
        or (folder / "cifar-10-batches-bin").is_dir()
        or _is_pickled(folder)
    )


def read_cifar_folder(
    folder: Path, asked: Published | None = None, strict: bool = False
) -> Dataset:
    """Read the six ``.bin`` files of a folder, or the archive in it that holds them.

    Args:
        folder: Holds the files, the archive, or ``cifar-10-batches-bin`` as the archive unpacks.
        asked: What the files should be; CIFAR-10 if ``None``.
        strict: Refuse files that are not as published.

    Raises:
        DataError: A file is missing, cut off, damaged or mislabeled.
    """
    known = asked or CIFAR10
    contents, source = _contents(folder)
    parts = [_parse(contents[name], f"{source}/{name}") for name in CIFAR_FILES]
    official, notes = compare(
        known, {name: md5(data) for name, data in contents.items()}, str(source), strict
    )
    *train, test = parts
    return Dataset(
        name=known.name,
        train_images=np.concatenate([images for images, _ in train]),
        train_labels=np.concatenate([labels for _, labels in train]),
        test_images=np.ascontiguousarray(test[0]),
        test_labels=test[1],
        classes=known.classes,
        source=str(source),
        license=known.license,
        credit=known.credit,
        official=official,
        notes=notes,
    )


def _contents(folder: Path) -> tuple[dict[str, bytes], Path]:
    """The bytes of the six files by their names, and where they were found."""
    for place in (folder, folder / "cifar-10-batches-bin"):
        missing = [name for name in CIFAR_FILES if not (place / name).is_file()]
        if not missing:
            return {name: read_file(place / name) for name in CIFAR_FILES}, place
        if len(missing) < len(CIFAR_FILES):
            raise DataError(f"{place} lacks {', '.join(missing)} of CIFAR-10's binary version")
    archive = folder / CIFAR_ARCHIVE
    if archive.is_file():
        return _unpack(archive), archive
    raise DataError(
        f"{folder} holds CIFAR-10 in its pickled Python version, which is not read because "
        f"unpickling can run any code: get the binary version, {CIFAR_ARCHIVE}, instead"
    )


def _unpack(archive: Path) -> dict[str, bytes]:
    """The six files out of the archive, read in memory: nothing is written anywhere."""
    contents: dict[str, bytes] = {}
    try:
        with tarfile.open(archive, "r:gz") as members:
            for member in members:
                name = PurePosixPath(member.name).name
                file = members.extractfile(member) if name in CIFAR_FILES else None
                if file:
                    contents[name] = file.read()
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise DataError(f"{archive} is cut off or damaged: {reason(error)}") from None
    missing = [name for name in CIFAR_FILES if name not in contents]
    if missing:
        raise DataError(f"{archive} lacks {', '.join(missing)}")
    return contents


def _parse(data: bytes, place: str) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    if not data or len(data) % _RECORD:
        raise DataError(
            f"{place} is cut off or not a batch of CIFAR-10: it should hold records of "
            f"{_RECORD:,} bytes, but it has {len(data):,} bytes"
        )
    records = np.frombuffer(data, dtype=np.uint8).reshape(-1, _RECORD)
    labels = records[:, 0].astype(np.int64)
    check_labels(f"labels in {place}", labels, len(records), len(CIFAR10.classes))
    return records[:, 1:].reshape(-1, *_SHAPE), labels


def _is_pickled(folder: Path) -> bool:
    return (
        (folder / "cifar-10-batches-py").is_dir()
        or (folder / "cifar-10-python.tar.gz").is_file()
        or (folder / "data_batch_1").is_file()
    )
