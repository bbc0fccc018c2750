"""What the operations accept as an array."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from backlit.errors import InputError

Array = NDArray[np.float32]


def float32(name: str, given: Any, dimensions: int | None = None) -> Array:
    """Any real numbers as a contiguous float32 array.

    Raises:
        InputError: something else than real numbers, or another number of dimensions.
    """
    array = np.asarray(given)
    if array.dtype.kind not in "fiub":
        raise InputError(f"{name} must be an array of real numbers, got one of {array.dtype}")
    if dimensions is not None and array.ndim != dimensions:
        raise InputError(f"{name} must have {dimensions} dimensions, got shape {array.shape}")
    return np.ascontiguousarray(array, np.float32).reshape(array.shape)


def check_shape(name: str, array: Array, expected: tuple[int, ...]) -> None:
    """Raise an InputError unless the array has this shape."""
    if array.shape != expected:
        raise InputError(f"{name} must have the shape {expected}, got {array.shape}")
