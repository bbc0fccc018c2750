"""Which pictures a folder holds, and which class and part each belongs to."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backlit.data.pictures import SUFFIXES
from backlit.errors import DataError

_TRAIN = ("train", "training")
_HELD_OUT = ("test", "testing", "val", "valid", "validation")
"""In this order the held-out folder is chosen; a second one is left alone, with a note."""

_JUNK = frozenset({"thumbs.db", "desktop.ini", "__macosx"})


@dataclass(frozen=True)
class Tree:
    """Pictures by part and class, in a fixed order.

    Attributes:
        classes: Sorted names.
        train: (file, class number), class by class, sorted by path within a class.
        test: Likewise; ``None`` where the folder has no part of its own to test with.
        notes: Which files and folders were passed over.
    """

    classes: tuple[str, ...]
    train: list[tuple[Path, int]]
    test: list[tuple[Path, int]] | None
    notes: tuple[str, ...]


def scan(folder: Path) -> Tree:
    """Find the pictures below a folder, laid out in one of two ways.

    ``class/…/picture`` has one subfolder per class.  ``train/class/…/picture`` and
    ``test/class/…/picture`` is divided already; it is known by a folder ``train`` (or
    ``training``) that has subfolders itself, beside ``test``, ``testing``, ``val``, ``valid`` or
    ``validation``, in capitals or not.  A ``train`` that stands alone is the first way, one
    level down.

    Raises:
        DataError: There are fewer than two classes, a class has no picture, or the test part
            has a class that the training part does not know.
    """
    parts = {path.name.casefold(): path for path in _subfolders(folder)}
    train = next((parts[name] for name in _TRAIN if name in parts), None)
    held_out = [parts[name] for name in _HELD_OUT if name in parts]
    passed_over: Counter[str] = Counter()
    if train is None or not _subfolders(train) or not (held_out or len(parts) == 1):
        return _undivided(folder, passed_over)
    if not held_out:
        return _undivided(train, passed_over)
    train_files, test_files = (_classes(part, passed_over) for part in (train, held_out[0]))
    classes = tuple(train_files)
    strangers = [name for name in test_files if name not in train_files]
    if strangers:
        raise DataError(
            f"{held_out[0]} has the class {strangers[0]!r}, which {train} does not have; "
            f"its classes are {', '.join(classes)}"
        )
    notes = _notes(passed_over, held_out[1:])
    return Tree(classes, _numbered(train_files, classes), _numbered(test_files, classes), notes)


def _undivided(folder: Path, passed_over: Counter[str]) -> Tree:
    files = _classes(folder, passed_over)
    classes = tuple(files)
    return Tree(classes, _numbered(files, classes), None, _notes(passed_over, []))


def _classes(folder: Path, passed_over: Counter[str]) -> dict[str, list[Path]]:
    """Class name → its pictures, both sorted."""
    # One name can be stored as é or as e followed by an accent, depending on the system.
    classes = {
        unicodedata.normalize("NFC", path.name): _pictures(path, passed_over)
        for path in _subfolders(folder)
    }
    if len(classes) < 2:
        loose = sum(_is_picture(path) for path in folder.iterdir())
        here = f"{len(classes)} subfolder{'s' if len(classes) != 1 else ''}"
        also = f" and {loose:,} pictures outside of one" if loose else ""
        raise DataError(
            f"{folder} should have one subfolder of pictures per class, at least two, "
            f"but it has {here}{also}"
        )
    return dict(sorted(classes.items()))


def _pictures(folder: Path, passed_over: Counter[str]) -> list[Path]:
    files = [path for path in _files(folder) if not _is_hidden(path, folder)]
    pictures = [path for path in files if _is_picture(path)]
    others = Counter(path.suffix.casefold() or path.name for path in files if not _is_picture(path))
    if not pictures:
        found = ", ".join(f"{count:,} {kind}" for kind, count in others.most_common(3))
        instead = f" (it has {found})" if found else ""
        raise DataError(
            f"the class folder {folder} has no picture{instead}; "
            f"pictures end in {' '.join(SUFFIXES)}"
        )
    passed_over.update(others)
    return sorted(pictures, key=lambda path: path.relative_to(folder).parts)


def _files(folder: Path) -> Iterator[Path]:
    """All files below a folder; one that may not be looked into is an error, not an empty one."""

    def refuse(problem: OSError) -> None:
        raise problem

    for place, _, names in os.walk(folder, onerror=refuse):
        yield from (path for name in names if (path := Path(place, name)).is_file())


def _numbered(files: dict[str, list[Path]], classes: tuple[str, ...]) -> list[tuple[Path, int]]:
    return [(path, classes.index(name)) for name, paths in files.items() for path in paths]


def _subfolders(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.iterdir() if path.is_dir() and not _is_hidden(path, folder)
    )


def _is_picture(path: Path) -> bool:
    return path.suffix.casefold() in SUFFIXES and path.is_file()


def _is_hidden(path: Path, root: Path) -> bool:
    """Whether the path below the root has a hidden part, or one that systems leave lying about."""
    parts = path.relative_to(root).parts
    return any(part.startswith(".") or part.casefold() in _JUNK for part in parts)


def _notes(passed_over: Counter[str], unused: list[Path]) -> tuple[str, ...]:
    notes = []
    if passed_over:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in passed_over.most_common(3))
        notes.append(f"Files that are no pictures were passed over: {kinds}.")
    notes += [f"The folder {path} is not used." for path in unused]
    return tuple(notes)
