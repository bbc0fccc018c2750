"""NumPy archives of ``x_train``, ``y_train``, ``x_test``, ``y_test``: Keras's way to store sets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backlit.data.dataset import Dataset, check_labels, numbered_classes
from backlit.data.files import reason
from backlit.data.published import PUBLISHED, Published, forgiving
from backlit.errors import DataError

_KEYS = ("x_train", "y_train", "x_test", "y_test")


def read_npz(path: Path) -> Dataset:
    """Read an archive of ``uint8`` images (N, H, W), (N, H, W, C) or (N, C, H, W) with labels.

    A last axis of 1 or 3 is taken for the channels, else the second axis.  The optional key
    ``classes`` names the classes.  Without it they are "0", "1", …, except where the file's name
    begins with that of a published data set and the pictures fit it (``cifar10_subset.npz``).
    Pickled arrays are refused.

    Raises:
        DataError: The file is damaged, a key is missing, or the arrays do not fit together.
    """
    arrays = _arrays(path)
    missing = [key for key in _KEYS if key not in arrays]
    if missing:
        raise DataError(
            f"{path} should hold the arrays {', '.join(_KEYS)}, but {', '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} missing"
        )
    images = [_images(arrays[key], f"{key} in {path}") for key in ("x_train", "x_test")]
    labels = [_labels(arrays[key], f"{key} in {path}") for key in ("y_train", "y_test")]
    highest = max((int(part.max()) for part in labels if part.size), default=0)
    known = _fitting(path, images[0].shape[1:], highest)
    notes: tuple[str, ...] = ()
    if "classes" in arrays:
        classes = tuple(str(name) for name in arrays["classes"].ravel())
    elif known:
        classes = known.classes
        notes = (f"The class names are those of {known.title}, by the file's name.",)
    else:
        classes, notes = numbered_classes(labels[0], labels[1], str(path))
    for key, pictures, numbers in zip(("y_train", "y_test"), images, labels, strict=True):
        check_labels(f"labels {key} in {path}", numbers, len(pictures), len(classes))
    return Dataset(
        name=path.stem,
        train_images=images[0],
        train_labels=labels[0],
        test_images=images[1],
        test_labels=labels[1],
        classes=classes,
        source=str(path),
        license=known.license if known else "",
        credit=known.credit if known else "",
        notes=notes,
    )


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    try:
        with path.open("rb") as file:
            archive = np.load(file, allow_pickle=False)
            if isinstance(archive, np.ndarray):
                found = {"": archive}
            else:
                found = {key: archive[key] for key in (*_KEYS, "classes") if key in archive}
    except Exception as error:  # zipfile and NumPy raise nearly anything on damaged files
        raise DataError(f"{path} is not a readable NumPy archive: {reason(error)}") from None
    if "" in found:
        raise DataError(f"{path} is a single NumPy array; a data set needs {', '.join(_KEYS)}")
    return found


def _images(array: NDArray[Any], what: str) -> NDArray[np.uint8]:
    if array.dtype != np.uint8 or array.ndim not in (3, 4):
        raise DataError(
            f"{what} should be uint8 images (N, H, W) or (N, H, W, C), "
            f"but it is {array.dtype} {array.shape}"
        )
    if array.ndim == 3:
        return array[:, np.newaxis]
    if array.shape[3] in (1, 3):
        return np.ascontiguousarray(array.transpose(0, 3, 1, 2))
    return array


def _labels(array: NDArray[Any], what: str) -> NDArray[np.int64]:
    if (
        array.dtype.kind not in "iu"
        or array.ndim not in (1, 2)
        or array.shape[1:] not in ((), (1,))
    ):
        raise DataError(
            f"{what} should be whole numbers (N,), but it is {array.dtype} {array.shape}"
        )
    if array.dtype == np.uint64 and array.size and array.max() > np.iinfo(np.int64).max:
        raise DataError(f"{what} should be class numbers, but there is a label {array.max()}")
    return array.reshape(-1).astype(np.int64)


def _fitting(path: Path, shape: tuple[int, ...], highest: int) -> Published | None:
    """The published set that the file's name begins with, if the pictures are like its own."""
    name = forgiving(path.stem)
    for known in PUBLISHED.values():
        rest = name.removeprefix(forgiving(known.name))
        if rest == name or rest[:1].isdigit():  # another set, or cifar100 after cifar10
            continue
        if shape == known.image_shape and highest < len(known.classes):
            return known
    return None
