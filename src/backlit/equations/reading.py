"""Read single numbers out of arrays and nested lists, without knowing which of the two it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from ..errors import ConfigurationError
from .expressions import Number
from .tensors import Tensor

Reader = Callable[[tuple[int, ...]], Number]


def find(tensors: Mapping[str, Any], tensor: Tensor) -> Any | None:
    """The numbers given for a tensor, under its symbol or its alias."""
    for key in (tensor.symbol, tensor.alias):
        if key and tensors.get(key) is not None:
            return tensors[key]
    return None


def reader(numbers: Any) -> Reader:
    """A function from indices to the number there; array elements become Python numbers."""
    if not hasattr(numbers, "shape"):
        return lambda index: _nested(numbers, index)
    if (view := _buffer(numbers)) is not None:
        return view.__getitem__
    return lambda index: _plain(numbers[index])


def _buffer(numbers: Any) -> memoryview | None:
    """The array's memory, which gives plain numbers several times faster than the array does."""
    try:
        view = memoryview(numbers)
        if view.nbytes:
            view[(0,) * view.ndim]
    except (TypeError, NotImplementedError, ValueError):  # no buffer, or an unusual number format
        return None
    return view


def _plain(value: Any) -> Number:
    number: Number = value.item() if hasattr(value, "item") else value
    return number


def _nested(numbers: Any, index: tuple[int, ...]) -> Number:
    for each in index:
        numbers = numbers[each]
    return _plain(numbers)


def is_exact(tensors: Mapping[str, Any]) -> bool:
    """Whether the arithmetic can be exact: no tensor holds floats (their first number tells)."""
    return all(isinstance(_first(each), int | Fraction | type(None)) for each in tensors.values())


def _first(numbers: Any) -> Any:
    if hasattr(numbers, "shape"):
        if 0 in numbers.shape:
            return None
        return _plain(numbers[(0,) * len(numbers.shape)])
    while isinstance(numbers, list | tuple):
        if not numbers:
            return None
        numbers = numbers[0]
    return _plain(numbers)


def missing_tensor(equation: str, tensor: Tensor, tensors: Mapping[str, Any]) -> ConfigurationError:
    """The error for a tensor that an equation reads and nobody gave."""
    given = ", ".join(map(str, tensors)) or "none"
    return ConfigurationError(
        f"{equation} reads {tensor.symbol} ({tensor.words}), but only these were given: {given}"
    )
