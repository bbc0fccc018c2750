"""Which element of the left-hand side is asked for, and whether there is such an element."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import index as whole_number
from typing import SupportsIndex

from ..errors import AddressError
from .indices import IndexExpression
from .tensors import Reference, Tensor
from .typeset import plain_text


def whole_index(index: Sequence[SupportsIndex]) -> tuple[int, ...]:
    """The index in plain Python numbers.

    Raises:
        AddressError: something in it is no whole number.
    """
    try:
        return tuple(whole_number(each) for each in index)
    except TypeError:
        raise AddressError(f"indices must be whole numbers, got {index!r}") from None


def named_indices(
    left: Reference, index: tuple[int, ...], sizes: Mapping[str, int]
) -> dict[str, int]:
    """The values of the left-hand side's letters: {"o": 0, "c": 0, "u": 1, "v": 2}.

    Raises:
        AddressError: there is no such element.
    """
    if left.indices is None:
        return {}
    name = plain_text(left)
    if len(index) != len(left.indices):
        raise AddressError(f"{name} takes {len(left.indices)} indices, got {len(index)}: {index}")
    named = {}
    for place, axis, value in zip(left.indices, left.tensor.letters, index, strict=True):
        limit = _limit(axis.size, sizes)
        if value < 0 or (limit is not None and value >= limit):
            allowed = "0 or more" if limit is None else f"0 to {limit - 1}" if limit else "nothing"
            raise AddressError(f"{name}: {axis.symbol} is {allowed}, got {value}")
        if place.letter is not None:
            named[place.letter.symbol] = value
    return named


def _limit(size: IndexExpression | None, sizes: Mapping[str, int]) -> int | None:
    """How many values an index takes, where that is known."""
    try:
        return None if size is None else size.evaluate(sizes)
    except KeyError:
        return None


def check_place(tensor: Tensor, index: tuple[int, ...], shape: tuple[int, ...]) -> None:
    """Where each number stands for itself, the array's own shape says which there are.

    Raises:
        AddressError: there is no such element.
    """
    inside = (0 <= place < size for place, size in zip(index, shape, strict=False))
    if len(index) != len(shape) or not all(inside):
        raise AddressError(f"{tensor.symbol} has shape {shape}, so no element {index}")
