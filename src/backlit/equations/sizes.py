"""From the shapes of real arrays to the numbers behind N, C, OH, C_g and the other letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ..errors import ConfigurationError, ShapeError
from .indices import IndexExpression
from .tensors import Tensor


class Evaluable(Protocol):
    """Something that is a whole number once its letters have values."""

    def evaluate(self, values: Mapping[str, int]) -> int:
        """The number; KeyError while a letter has no value."""


@dataclass(frozen=True)
class Definition:
    """``symbol = expression``: a size that follows from others."""

    symbol: str
    expression: Evaluable


def shape_of(numbers: Any) -> tuple[int, ...]:
    """The shape of an array or of nested lists; an empty list ends the search."""
    shape = getattr(numbers, "shape", None)
    if shape is not None:
        return tuple(int(each) for each in shape)
    sizes = []
    while isinstance(numbers, (list, tuple)):
        sizes.append(len(numbers))
        if not numbers:
            break
        numbers = numbers[0]
    return tuple(sizes)


class KnownSizes:
    """Known sizes, growing; two sources that disagree are an error that names both."""

    def __init__(self) -> None:
        self.values: dict[str, int] = {}
        self._sources: dict[str, str] = {}

    def set(self, symbol: str, value: int, source: str) -> None:
        """Note that ``symbol`` is ``value`` according to ``source``.

        Raises:
            ShapeError: another source said otherwise.
        """
        known = self.values.setdefault(symbol, value)
        first = self._sources.setdefault(symbol, source)
        if known != value:
            raise ShapeError(f"{symbol} is {known} by {first}, but {value} by {source}")


def resolve(
    tensors: Mapping[str, Any],
    vocabulary: Sequence[Tensor],
    definitions: Sequence[Definition],
    given: Mapping[str, int],
) -> dict[str, int]:
    """All sizes that the shapes, the given values and the definitions determine.

    Raises:
        ShapeError: two of them disagree, or an array has the wrong number of axes.
    """
    sizes = KnownSizes()
    for symbol, value in given.items():
        sizes.set(symbol, value, "the given sizes")
    pending: list[tuple[IndexExpression, int, str]] = []
    for tensor in vocabulary:
        numbers = tensors.get(tensor.symbol, tensors.get(tensor.alias))
        if numbers is not None and tensor.axes is not None:
            pending += _read_shape(tensor, shape_of(numbers), sizes)
    _apply(definitions, sizes)
    for expression, value, source in pending:
        expected = _value(expression, sizes.values)
        if expected is not None and expected != value:
            raise ShapeError(f"expected size {expected}, but it is {value} by {source}")
    return sizes.values


def _read_shape(
    tensor: Tensor, shape: tuple[int, ...], sizes: KnownSizes
) -> list[tuple[IndexExpression, int, str]]:
    """Note the sizes that are single letters; give back the others, to be checked."""
    source = f"the shape {shape} of {tensor.symbol}"
    if len(shape) != len(tensor.letters) and 0 not in shape:
        raise ShapeError(
            f"{tensor.symbol} has {len(tensor.letters)} axes, but the array has shape {shape}"
        )
    others = []
    for axis, length in zip(tensor.letters, shape, strict=False):
        if axis.size is None:
            continue
        if axis.size.letter is not None:
            sizes.set(axis.size.letter.symbol, length, source)
        else:
            others.append((axis.size, length, source))
    return others


def _apply(definitions: Sequence[Definition], sizes: KnownSizes) -> None:
    """Work out definitions until nothing new follows, and compare them with what is known."""
    waiting = list(definitions)
    while ready := [d for d in waiting if _value(d.expression, sizes.values) is not None]:
        for definition in ready:
            waiting.remove(definition)
            value = _value(definition.expression, sizes.values)
            if value is not None:
                sizes.set(definition.symbol, value, "the sizes of the others")


def _value(expression: Evaluable, values: Mapping[str, int]) -> int | None:
    try:
        return expression.evaluate(values)
    except (KeyError, ZeroDivisionError):
        return None


def missing_size(equation: str, symbol: str) -> ConfigurationError:
    """The error for a letter that nothing gives a value."""
    return ConfigurationError(
        f"no value for {symbol} in {equation}: "
        f"give sizes={{{symbol!r}: ...}} or a tensor that has this size"
    )
