"""One function for every data set: by its name, or by the path of one's own."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path

from backlit.data.dataset import Dataset, check_limit
from backlit.data.digits import load_digits
from backlit.data.files import reason
from backlit.data.local import read_published, reader_of
from backlit.data.published import PUBLISHED, forgiving
from backlit.errors import ConfigurationError, DataError
from backlit.system.numbers import is_whole

DATASETS = ("digits", *PUBLISHED)
"""Names that :func:`load_dataset` knows."""

_LARGEST_SIDE = 4096  # of a picture for a network that is trained on a CPU


def load_dataset(
    name_or_path: str | os.PathLike[str],
    *,
    data_dir: str | os.PathLike[str] | None = None,
    image_size: int | tuple[int, int] | None = None,
    channels: int | None = None,
    limit: int | None = None,
    test_fraction: float = 0.2,
    seed: int = 0,
    strict: bool = False,
    progress: bool = True,
) -> Dataset:
    """Load a data set by name, or from a path.

    Args:
        name_or_path: ``digits`` (comes with the package), ``fashion-mnist``, ``mnist`` or
            ``cifar10`` (capitals, hyphens and underscores do not matter), or the path of

            - a folder with one subfolder of pictures per class, or with ``train`` and ``test``
              subfolders that are made so;
            - a folder with idx files under MNIST's official names, or with CIFAR-10's binary
              version;
            - a NumPy archive ``.npz`` with x_train, y_train, x_test, y_test.

            A name goes before a path: write ``./digits`` for a folder of one's own.
        data_dir: Where a named data set lies, directly or in a subfolder named after it.  Nothing
            is downloaded then.  Without it, the folder that ``BACKLIT_DATA`` names is looked
            through, then the cache; what is in neither is downloaded into the cache, once.
        image_size: Side of the pictures, or (height, width).  ``None`` keeps the size; of a
            folder of pictures, the median size, no larger than 64.
        channels: 1 for gray, 3 for RGB, ``None`` to keep; a folder of pictures is gray if every
            file in it is.
        limit: Take only so many training images and a proportionate part of the test images:
            the first of every class, in proportion, see :meth:`Dataset.limited`.
        test_fraction: Share of a folder's pictures held out, where it has no part for testing.
        seed: Chooses which pictures of a folder are held out.
        strict: Refuse a local copy that is not as published, byte for byte.
        progress: Show progress on standard error where something takes long.

    Raises:
        DataError: There is no such data set, or a file is missing, damaged or mislabeled.
        ConfigurationError: An option is not usable.
    """
    size = _checked_size(image_size)
    if channels not in (None, 1, 3):
        raise ConfigurationError(f"channels is 1 (gray), 3 (RGB) or None, not {channels!r}")
    if limit is not None:
        check_limit(limit)
    try:
        if (known := _known_name(name_or_path)) == "digits":
            dataset = load_digits()
        elif known:
            dataset = read_published(PUBLISHED[known], data_dir, strict, progress)
        elif reader := reader_of(path := _existing(name_or_path)):
            dataset = reader(path, strict)
        else:
            from backlit.data.folder import read_picture_folder  # imports Pillow and rich

            return read_picture_folder(
                path,
                image_size=size,
                channels=channels,
                limit=limit,
                test_fraction=test_fraction,
                seed=seed,
                progress=progress,
            )
    except MemoryError:
        raise DataError(f"the pictures of {name_or_path} do not fit into memory") from None
    except OSError as error:
        place = error.filename or name_or_path
        raise DataError(f"{place} cannot be read: {reason(error)}") from None
    dataset = dataset.limited(limit)
    if size is None and channels is None:
        return dataset
    from backlit.data.convert import converted  # imports Pillow

    try:
        return converted(dataset, size, channels)
    except MemoryError:
        raise DataError(f"the pictures of {name_or_path} do not fit into memory") from None


def _known_name(name: str | os.PathLike[str]) -> str | None:
    """The name in our spelling, if it is one that we know; a ``Path`` is never a name."""
    if not isinstance(name, str):
        return None
    return {forgiving(known): known for known in DATASETS}.get(forgiving(name))


def _existing(name_or_path: str | os.PathLike[str]) -> Path:
    path = Path(name_or_path).expanduser()
    if path.exists():
        return path
    given = os.fspath(name_or_path)
    if not isinstance(name_or_path, str) or any(mark in given for mark in ("/", "\\", "~")):
        raise DataError(f"there is no folder or file {given}")
    spelled = {forgiving(known): known for known in DATASETS}
    near = get_close_matches(forgiving(given), spelled, n=1)
    hint = f"; did you mean {spelled[near[0]]}?" if near else ""
    raise DataError(
        f"there is no data set, folder or file {given!r}; the data sets are {', '.join(DATASETS)}, "
        f"and a folder of your own has one subfolder of pictures per class{hint}"
    )


def _checked_size(size: int | tuple[int, int] | None) -> tuple[int, int] | None:
    if size is None:
        return None
    sides = tuple(size) if isinstance(size, tuple | list) else (size, size)
    whole = len(sides) == 2 and all(map(is_whole, sides))
    if not whole or not all(1 <= side <= _LARGEST_SIDE for side in sides):
        raise ConfigurationError(
            f"image_size is a side or (height, width), whole numbers from 1 to {_LARGEST_SIDE:,}, "
            f"not {size!r}"
        )
    return int(sides[0]), int(sides[1])
