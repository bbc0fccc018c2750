"""A folder of pictures, one subfolder per class, as a data set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median_low
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from backlit.data.dataset import Dataset, limited_indices
from backlit.data.pictures import Header, read_header, read_picture
from backlit.data.splitting import split_indices
from backlit.data.tree import scan

LARGEST_DEFAULT_SIDE = 64
"""Pictures are made no larger than this by default; a CPU has to train on them."""

_WORTH_A_BAR = 1000

_Entry = tuple[Path, int]
_In = TypeVar("_In")
_Out = TypeVar("_Out")


def read_picture_folder(
    folder: Path,
    *,
    image_size: tuple[int, int] | None = None,
    channels: int | None = None,
    limit: int | None = None,
    test_fraction: float = 0.2,
    seed: int = 0,
    progress: bool = True,
) -> Dataset:
    """Read ``folder/class/picture`` or ``folder/train/class/picture`` and ``folder/test/…``.

    Args:
        folder: The pictures, of any sizes and formats; see :mod:`backlit.data.tree`.
        image_size: (H, W) of the data set.  ``None``: the median height and the median width
            of all pictures, scaled down together where one exceeds 64.
        channels: 1 (gray), 3 (RGB) or ``None``: gray if every file is stored as gray.
        limit: Only so many training images, see :meth:`Dataset.limited`; no other is decoded.
        test_fraction: Share held out for testing, where the folder has no such part itself.
        seed: Chooses which are held out.
        progress: Show a bar on standard error while many pictures are read.

    Raises:
        DataError: The folder has no such layout, or a picture cannot be read.
        ConfigurationError: An argument is not usable.
    """
    tree = scan(folder)
    notes = list(tree.notes)
    if tree.test is None:
        train, test = _split(tree.train, test_fraction, seed)
        notes.append(
            f"{len(test):,} of {len(tree.train):,} pictures are held out for testing (seed {seed})."
        )
    else:
        train, test = tree.train, tree.test
    # All headers are looked at, so that a limit changes neither size nor channels.
    paths = [path for path, _ in (*train, *test)]
    headers = _in_threads(read_header, paths, "Looking at pictures", progress)
    if channels is None:
        channels = 1 if all(header.gray for header in headers) else 3
    if image_size is None:
        image_size = _usual_size(headers)
    resized = sum((header.height, header.width) != image_size for header in headers)
    if resized:
        notes.append(
            f"{resized:,} of {len(headers):,} pictures are cut and scaled to "
            f"{image_size[0]}×{image_size[1]} (height×width)."
        )
    if limit is not None:
        kept_train, kept_test = limited_indices(_labels(train), _labels(test), limit)
        train, test = [train[k] for k in kept_train], [test[k] for k in kept_test]
    shape = (channels, *image_size)
    return Dataset(
        name=folder.resolve().name,
        train_images=_decode(train, shape, progress),
        train_labels=_labels(train),
        test_images=_decode(test, shape, progress),
        test_labels=_labels(test),
        classes=tree.classes,
        source=str(folder),
        notes=tuple(notes),
    )


def _split(
    entries: Sequence[_Entry], fraction: float, seed: int
) -> tuple[list[_Entry], list[_Entry]]:
    train, test = split_indices(_labels(entries), fraction, seed)
    return [entries[k] for k in train], [entries[k] for k in test]


def _usual_size(headers: Sequence[Header]) -> tuple[int, int]:
    height = median_low([header.height for header in headers])
    width = median_low([header.width for header in headers])
    scale = min(1.0, LARGEST_DEFAULT_SIDE / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def _labels(entries: Sequence[_Entry]) -> NDArray[np.int64]:
    return np.array([label for _, label in entries], dtype=np.int64)


def _decode(
    entries: Sequence[_Entry], shape: tuple[int, int, int], progress: bool
) -> NDArray[np.uint8]:
    images = np.empty((len(entries), *shape), dtype=np.uint8)

    def fill(place: int) -> None:
        images[place] = read_picture(entries[place][0], shape)

    _in_threads(fill, range(len(entries)), "Reading pictures", progress)
    return images


def _in_threads(
    work: Callable[[_In], _Out], items: Sequence[_In], doing: str, progress: bool
) -> list[_Out]:
    """The results in order; the first failure, in order, is raised.

    Pillow decodes without holding the interpreter's lock, so threads share the processors.
    """
    with ThreadPoolExecutor() as pool:
        done = pool.map(work, items)
        if not progress or len(items) < _WORTH_A_BAR:
            return list(done)
        console = Console(stderr=True)
        return list(track(done, doing, len(items), console=console, transient=True))
