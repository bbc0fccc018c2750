"""Folders that hold the four idx files of MNIST, Fashion-MNIST or a set made like them."""

from __future__ import annotations

from pathlib import Path

from backlit.data.dataset import Dataset, check_labels, numbered_classes
from backlit.data.files import md5, read_file
from backlit.data.idx import parse_idx_images, parse_idx_labels
from backlit.data.published import FASHION_MNIST, IDX_FILES, MNIST, Published, compare, named
from backlit.errors import DataError


def holds_idx_files(folder: Path) -> bool:
    """Whether any of the four files lies in this folder."""
    return any(_find(folder, name) for name in IDX_FILES)


def read_idx_folder(folder: Path, asked: Published | None = None, strict: bool = False) -> Dataset:
    """Read a folder of idx files, packed or unpacked, as they are published or of one's own.

    The structure is always checked.  Check sums only decide what the files are: a copy that is
    as published is ``official``, another one is used with a note, since a subset under the same
    file names is a sensible thing to make.

    Args:
        folder: Holds the files directly.
        asked: The data set that these files should be; ``None`` lets contents and folder name
            tell, and takes files that say nothing for a set with classes "0", "1", …
        strict: Refuse files that are not as published.

    Raises:
        DataError: A file is missing, cut off, damaged or mislabeled, or it is not ``asked``.
    """
    paths = {name: _find(folder, name) for name in IDX_FILES}
    missing = [name for name, path in paths.items() if path is None]
    if missing:
        raise DataError(f"{folder} lacks {', '.join(missing)} (with or without .gz)")
    found = {name: path for name, path in paths.items() if path is not None}
    contents = {name: read_file(path) for name, path in found.items()}
    sums = {name: md5(data) for name, data in contents.items()}
    known = _recognize(folder, sums, asked)

    train_images, test_images = (
        parse_idx_images(contents[name], found[name]) for name in IDX_FILES[0::2]
    )
    train_labels, test_labels = (
        parse_idx_labels(contents[name], found[name]) for name in IDX_FILES[1::2]
    )
    notes: tuple[str, ...] = ()
    if known:
        classes = known.classes
    else:
        classes, notes = numbered_classes(train_labels, test_labels, str(folder))
    for images, labels, name in (
        (train_images, train_labels, IDX_FILES[1]),
        (test_images, test_labels, IDX_FILES[3]),
    ):
        check_labels(f"labels in {found[name]}", labels, len(images), len(classes))

    official = None
    if known:
        official, notes = compare(known, sums, str(folder), strict)
    return Dataset(
        name=known.name if known else folder.resolve().name,
        train_images=train_images,
        train_labels=train_labels,
        test_images=test_images,
        test_labels=test_labels,
        classes=classes,
        source=str(folder),
        license=known.license if known else "",
        credit=known.credit if known else "",
        official=official,
        notes=notes,
    )


def _find(folder: Path, name: str) -> Path | None:
    """The file of this official name; some unpackers write a dot before ``idx``."""
    dotted = name.replace("-idx", ".idx")
    for candidate in (name, dotted, f"{name}.gz", f"{dotted}.gz"):
        if (folder / candidate).is_file():
            return folder / candidate
    return None


def _recognize(folder: Path, sums: dict[str, str], asked: Published | None) -> Published | None:
    """Which published set these files are: first by their labels, then by the folder's name."""
    labels = IDX_FILES[1]
    for known in (FASHION_MNIST, MNIST):
        if sums[labels] == known.contents[labels]:
            if asked and asked.name != known.name:
                raise DataError(f"{folder} holds {known.title}, not {asked.title}")
            return known
    here = folder.resolve()
    return asked or named(here.name) or (named(here.parent.name) if here.name == "raw" else None)
