"""Where a data set lies on this machine, and what reads it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from backlit.data.cifar import holds_cifar_files, read_cifar_folder
from backlit.data.dataset import Dataset
from backlit.data.download import fetch
from backlit.data.mnist import holds_idx_files, read_idx_folder
from backlit.data.npz import read_npz
from backlit.data.published import CIFAR10, Published
from backlit.errors import DataError
from backlit.system.cache import cache_folder

Reader = Callable[[Path, bool], Dataset]


def reader_of(path: Path) -> Reader | None:
    """What reads this folder or file; ``None`` leaves a folder to be one of pictures.

    Raises:
        DataError: It is a file of another kind.
    """
    if path.is_file():
        if path.suffix.casefold() == ".npz":
            return lambda file, strict: read_npz(file)
        raise DataError(f"{path} is a file; a data set is a folder or a NumPy archive (.npz)")
    if holds_idx_files(path):
        return lambda folder, strict: read_idx_folder(folder, None, strict)
    if holds_idx_files(path / "raw"):  # as torchvision lays MNIST down
        return lambda folder, strict: read_idx_folder(folder / "raw", None, strict)
    if holds_cifar_files(path):
        return lambda folder, strict: read_cifar_folder(folder, None, strict)
    archives = list(path.glob("*.npz"))
    if len(archives) == 1:
        return lambda folder, strict: read_npz(archives[0])
    return None


def read_published(
    known: Published, data_dir: str | os.PathLike[str] | None, strict: bool, progress: bool
) -> Dataset:
    """A published data set from a local copy, else from the cache, else from its mirrors.

    Raises:
        DataError: ``data_dir`` has no copy, or the copy or the download is not usable.
    """
    read = read_cifar_folder if known.name == CIFAR10.name else read_idx_folder
    chosen = data_dir if data_dir is not None else os.environ.get("BACKLIT_DATA")
    if chosen:
        copy = _find_copy(known, Path(chosen).expanduser())
        if copy:
            return read(copy, known, strict)
        if data_dir is not None:
            raise DataError(
                f"{chosen} holds no copy of {known.title}: neither it nor a subfolder "
                f"{known.folders[0]} has {next(iter(known.downloads))}"
            )
    return read(fetch(known, cache_folder(), progress), known, True)


def _find_copy(known: Published, root: Path) -> Path | None:
    """The folder with the files: a subfolder named after the data set, or the root itself."""
    if not root.is_dir():
        raise DataError(f"the data folder {root} is not a folder")
    holds = holds_cifar_files if known.name == CIFAR10.name else holds_idx_files
    places = [*(root / name for name in known.folders), root]
    return next((place for place in places if holds(place)), None)
