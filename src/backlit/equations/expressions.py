"""The right-hand sides of equations, as small trees that are read, evaluated and typeset.

They are written almost as on paper::

    b[o] + sum_over((c, u, v), W[o, c, u, v] * X[n, c, i + u, j + v])

where ``W[o, c, u, v]`` is a :class:`~.tensors.Reference`, the one kind of node that is not here.
Nodes are frozen; they know nothing of numbers that are put in and nothing of type setting.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from .indices import IndexExpression, Letter, whole

Number: TypeAlias = int | float | Fraction
Relation = Literal["=", ">", "<", "≥", "≠"]


class Expression:
    """What all nodes share: the signs of arithmetic build larger nodes."""

    def __add__(self, other: Expression | Number) -> Total:
        return Total((*_parts(self), *_parts(node(other))))

    def __radd__(self, other: Number) -> Total:
        return node(other) + self

    def __sub__(self, other: Expression | Number) -> Total:
        minus = tuple((-sign, part) for sign, part in _parts(node(other)))
        return Total((*_parts(self), *minus))

    def __rsub__(self, other: Number) -> Total:
        return node(other) - self

    def __neg__(self) -> Total:
        return Total(tuple((-sign, part) for sign, part in _parts(self)))

    def __mul__(self, other: Expression | Number) -> Product:
        return Product((*_factors(self), *_factors(node(other))))

    def __rmul__(self, other: Number) -> Product:
        return node(other) * self

    def __truediv__(self, other: Expression | Number) -> Ratio:
        return Ratio(self, node(other))

    def __rtruediv__(self, other: Number) -> Ratio:
        return Ratio(node(other), self)

    def __pow__(self, exponent: int) -> Power:
        return Power(self, exponent)


@dataclass(frozen=True)
class Constant(Expression):
    """A number that belongs to the equation; some have a symbol: π."""

    value: Number
    symbol: str = ""


@dataclass(frozen=True)
class Scalar(Expression):
    """One number with a name whose value was left open: α, ε, η."""

    symbol: str
    words: str
    alias: str = ""


@dataclass(frozen=True)
class WholeNumber(Expression):
    """A whole-number expression used as a number: N, kH·kW."""

    expression: IndexExpression


@dataclass(frozen=True)
class Total(Expression):
    """Parts added up, each with its sign, +1 or −1."""

    parts: tuple[tuple[int, Expression], ...]


@dataclass(frozen=True)
class Product(Expression):
    """Factors multiplied."""

    factors: tuple[Expression, ...]


@dataclass(frozen=True)
class Ratio(Expression):
    """``numerator / denominator``."""

    numerator: Expression
    denominator: Expression


@dataclass(frozen=True)
class Power(Expression):
    """``base`` to a fixed whole-number power."""

    base: Expression
    exponent: int


@dataclass(frozen=True)
class FunctionCall(Expression):
    """A function of mathematics, one of those in :mod:`.functions`: "exp", "log", "max"."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class SumIndex:
    """An index that a sum runs over: ``count`` values from ``start`` on.

    ``words`` replaces the bare letter under the sign of the sum, where the range needs saying.
    """

    letter: Letter
    start: IndexExpression
    count: IndexExpression
    words: str = ""


@dataclass(frozen=True)
class Let:
    """An index that follows from the others; without a whole number in range nothing is added.

    The letter's size is its range.
    """

    letter: Letter
    expression: IndexExpression


@dataclass(frozen=True)
class Comparison:
    """``left relation right``, true or false."""

    left: Expression
    relation: Relation
    right: Expression


@dataclass(frozen=True)
class Sum(Expression):
    """``Σ body`` over all combinations of the loops for which every let is a place that exists.

    With ``only``, just the combinations for which that is true.
    """

    loops: tuple[SumIndex, ...]
    body: Expression
    lets: tuple[Let, ...] = ()
    only: Comparison | None = None


@dataclass(frozen=True)
class Maximum(Expression):
    """The largest ``body`` over the loops; places outside a tensor do not take part."""

    loops: tuple[SumIndex, ...]
    body: Expression


@dataclass(frozen=True)
class Wins:
    """Whether the first largest element of a window is the one at these values of its loops.

    ``window`` is the maximum, ``at`` the position inside it, ``place`` and ``of`` are how the two
    are named to the reader: (h, w) wins (i, j).
    """

    window: Maximum
    at: tuple[IndexExpression, ...]
    place: tuple[IndexExpression, ...]
    of: tuple[IndexExpression, ...]


@dataclass(frozen=True)
class Indicator(Expression):
    """``[condition]``: 1 where it is true, else 0."""

    condition: Comparison | Wins


@dataclass(frozen=True)
class Cases(Expression):
    """The value of the first branch whose condition holds; the last one has none."""

    branches: tuple[tuple[Expression, Comparison | None], ...]


def node(value: Expression | Number) -> Expression:
    """A number as a node; nodes stay what they are."""
    return value if isinstance(value, Expression) else Constant(value)


def _parts(expression: Expression) -> tuple[tuple[int, Expression], ...]:
    return expression.parts if isinstance(expression, Total) else ((1, expression),)


def _factors(expression: Expression) -> tuple[Expression, ...]:
    return expression.factors if isinstance(expression, Product) else (expression,)


def over(*indices: IndexExpression) -> tuple[SumIndex, ...]:
    """Loops over the whole range of each index."""
    return tuple(_loop(each) for each in indices)


def _loop(each: IndexExpression) -> SumIndex:
    if each.letter is None or each.letter.size is None:
        raise TypeError("a sum runs over single indices whose size is known")
    return SumIndex(each.letter, whole(0), each.letter.size)


def sum_over(indices: tuple[IndexExpression, ...], body: Expression) -> Sum:
    """``Σ_{indices} body``."""
    return Sum(over(*indices), body)


def call(function: str, *arguments: Expression | Number) -> FunctionCall:
    """A function applied: ``call("exp", X)``."""
    return FunctionCall(function, tuple(node(each) for each in arguments))


def children(expression: Expression) -> Iterator[Expression]:
    """The nodes directly below one."""
    match expression:
        case Total(parts):
            yield from (part for _, part in parts)
        case Product(factors):
            yield from factors
        case Ratio(numerator, denominator):
            yield from (numerator, denominator)
        case Power(base, _):
            yield base
        case FunctionCall(_, arguments):
            yield from arguments
        case Sum(_, body, _, _) | Maximum(_, body):
            yield body
        case Indicator(Comparison(left, _, right)):
            yield from (left, right)
        case Indicator(Wins(window, _, _, _)):
            yield window
        case Cases(branches):
            for value, condition in branches:
                yield value
                if condition is not None:
                    yield from (condition.left, condition.right)


def descendants(expression: Expression) -> Iterator[Expression]:
    """A node and all nodes below it, in the order of writing."""
    yield expression
    for child in children(expression):
        yield from descendants(child)
