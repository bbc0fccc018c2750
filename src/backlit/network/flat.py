"""Named arrays in one piece of memory, so that what is done to every number is done in one go.

An optimizer's rule is the same for every weight.  Applied array by array it costs a few calls for
each of them; applied to the whole row it costs a few calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
_LINE = 64  # bytes of a cache line, at the beginning of which every array begins


class FlatArrays(dict[str, Array]):
    """A dictionary of arrays, which are views of one row of numbers.

    Args:
        shapes: the name and the shape of each array.
        dtype: of all of them.

    Attributes:
        flat: the row, zeros at first.  Between two arrays there may be a few more numbers, which
            belong to nobody; they are 0 and stay 0 under any rule that keeps 0 at 0.
    """

    def __init__(self, shapes: Mapping[str, tuple[int, ...]], dtype: np.dtype[Any]) -> None:
        line = _LINE // dtype.itemsize
        self._starts: dict[str, tuple[int, tuple[int, ...]]] = {}
        count = 0
        for name, shape in shapes.items():
            self._starts[name] = count, tuple(shape)
            count += -(-prod(shape) // line) * line
        self.flat = aligned_zeros(count, dtype)
        super().__init__(self.split(self.flat))

    def split(self, row: Array) -> dict[str, Array]:
        """Another row of this length as arrays of these names and shapes."""
        return {
            name: row[start : start + prod(shape)].reshape(shape)
            for name, (start, shape) in self._starts.items()
        }

    def empty_copy(self) -> FlatArrays:
        """Zeros of the same names and shapes."""
        return FlatArrays(self._shapes(), self.flat.dtype)

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        return {name: shape for name, (_, shape) in self._starts.items()}

    def __reduce__(self) -> tuple[Any, ...]:
        """Copied or sent to another process, the arrays are views again."""
        return _rebuilt, (self._shapes(), np.array(self.flat))


def aligned_zeros(count: int, dtype: np.dtype[Any]) -> Array:
    """A row of so many zeros that begins where a cache line begins."""
    row = np.zeros(count + _LINE // dtype.itemsize, dtype)
    skip = -row.__array_interface__["data"][0] % _LINE // dtype.itemsize
    return row[skip : skip + count]


def _rebuilt(shapes: Mapping[str, tuple[int, ...]], row: Array) -> FlatArrays:
    arrays = FlatArrays(shapes, row.dtype)
    arrays.flat[...] = row
    return arrays


def flat_copy(arrays: Mapping[str, Array], dtype: np.dtype[Any]) -> FlatArrays:
    """Copies of arrays, in one piece of memory."""
    copies = FlatArrays({name: array.shape for name, array in arrays.items()}, dtype)
    for name, array in arrays.items():
        copies[name][...] = array
    return copies


def not_finite(arrays: Mapping[str, Array]) -> str | None:
    """The name of the first array with a NaN or an infinity in it; None if there is none."""
    if isinstance(arrays, FlatArrays) and np.isfinite(arrays.flat).all():
        return None
    return next((name for name, array in arrays.items() if not np.isfinite(array).all()), None)
