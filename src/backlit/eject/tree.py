"""The body of a function as a small tree: loops, places, conditions, and what is done in them.

The values in it are expressions of :mod:`backlit.equations`.  A printer writes both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from backlit.equations.expressions import Comparison, Expression, Scalar, descendants
from backlit.equations.indices import IndexExpression, Letter
from backlit.equations.tensors import Reference


@dataclass(frozen=True)
class ForLoop:
    """``for letter in range(start, start + count): body``."""

    letter: Letter
    start: IndexExpression
    count: IndexExpression
    body: tuple[Statement, ...]


@dataclass(frozen=True)
class Places:
    """``h, w = 2 * i + u - 1, 2 * j + v - 1``: letters that follow from others.

    With ``again`` they have had a value already.
    """

    letters: tuple[Letter, ...]
    values: tuple[IndexExpression, ...]
    again: bool = False


@dataclass(frozen=True)
class Inside:
    """``0 <= letter < size``."""

    letter: Letter
    size: IndexExpression


@dataclass(frozen=True)
class When:
    """``if all conditions hold: body``."""

    conditions: tuple[Inside | Comparison, ...]
    body: tuple[Statement, ...]


@dataclass(frozen=True)
class Assign:
    """``target = value``, or with ``adds`` ``target += value``.

    A single number with ``again`` has had a value already.
    """

    target: Reference | Scalar
    value: Expression
    adds: bool = False
    again: bool = False


@dataclass(frozen=True)
class TakeLargest:
    """``target = max(target, value)``."""

    target: Scalar
    value: Expression


Statement: TypeAlias = ForLoop | Places | When | Assign | TakeLargest


def nested(loops: list[ForLoop], body: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """Loops in one another, and in the innermost one the body."""
    for loop in reversed(loops):
        body = (ForLoop(loop.letter, loop.start, loop.count, body),)
    return body


def statements(body: tuple[Statement, ...]) -> Iterator[Statement]:
    """All statements of a body, also those inside others."""
    for each in body:
        yield each
        if isinstance(each, ForLoop | When):
            yield from statements(each.body)


def expressions(body: tuple[Statement, ...]) -> Iterator[Expression]:
    """All expressions in a body, their parts included."""
    for each in statements(body):
        match each:
            case Assign(target, value) | TakeLargest(target, value):
                yield target
                yield from descendants(value)
            case When(conditions):
                for condition in conditions:
                    if isinstance(condition, Comparison):
                        yield from descendants(condition.left)
                        yield from descendants(condition.right)


def places(body: tuple[Statement, ...]) -> Iterator[IndexExpression]:
    """All whole-number expressions in a body: of loops, places, bounds and references."""
    for each in statements(body):
        match each:
            case ForLoop(_, start, count):
                yield from (start, count)
            case Places(_, values):
                yield from values
            case When(conditions):
                yield from (c.size for c in conditions if isinstance(c, Inside))
    for expression in expressions(body):
        if isinstance(expression, Reference):
            yield from expression.indices or ()
