"""The lines inside the loops that make sure of places: that they are whole, inside, the winner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

from ..expressions import Maximum, Wins, over
from ..indices import IndexExpression, index
from ..tensors import Reference
from .places import factor, identifier, is_divided, place, quotients
from .values import Values, span

_LONG = 64  # characters of places in one line


@dataclass(frozen=True)
class ComputedPlace:
    """A place that is computed: its name, how, and how far it may run."""

    name: str
    expression: IndexExpression
    size: IndexExpression | None


def steps(places: list[ComputedPlace], may_leave: bool) -> Iterator[str]:
    """Compute places, and go on only where they exist; a line that ends with ":" opens a block.

    Args:
        places: in the order of their computation.
        may_leave: whether they can lie outside.
    """
    rests = [
        f"{factor(each.numerator)} % {factor(each.divisor)} == 0"
        for where in places
        for each in quotients(where.expression)
    ]
    if rests:
        yield f"if {' and '.join(rests)}:"
    names, numbers = [each.name for each in places], [place(each.expression) for each in places]
    if sum(map(len, numbers)) > _LONG:
        yield from map(" = ".join, zip(names, numbers, strict=True))
    elif places:
        yield f"{', '.join(names)} = {', '.join(numbers)}"
    bounds = [
        f"0 <= {each.name} < {place(each.size)}"
        for each in places
        if may_leave and each.size is not None and not is_divided(each.expression)
    ]
    if bounds:
        yield f"if {' and '.join(bounds)}:"


def winner(wins: Wins) -> Iterator[str]:
    """Go on only if a place is that of the first largest number of a window."""
    window = _searched(wins.window)
    letters = ", ".join(identifier(loop.letter.symbol) for loop in window.loops)
    yield "window = {"
    yield f"    ({letters}): {Values().text(window.body)}"
    for loop in window.loops:
        yield f"    for {identifier(loop.letter.symbol)} in {span(loop)}"
    inside = _inside(cast(Reference, window.body))
    if inside:
        yield f"    if {' and '.join(inside)}"
    yield "}"
    at = ", ".join(place(each) for each in wins.at)
    yield f"if max(window, key=window.get) == ({at}):"


def searching(window: Maximum) -> list[IndexExpression]:
    """The letters that run through a window, since its own stand for the place that may win."""
    return [
        index(symbol, loop.count, f"each {loop.letter.words}, to find the largest")
        for loop, symbol in zip(window.loops, "ab", strict=True)
    ]


def _searched(window: Maximum) -> Maximum:
    """The same maximum, written with those letters."""
    letters = searching(window)
    own = {loop.letter.symbol: each for loop, each in zip(window.loops, letters, strict=True)}
    read = cast(Reference, window.body)
    places = tuple(where.substitute(own) for where in read.indices or ())
    return Maximum(over(*letters), replace(read, indices=places))


def _inside(read: Reference) -> list[str]:
    return [
        f"0 <= {place(where)} < {place(axis.letter.size)}"
        for where, axis in zip(read.indices or (), read.tensor.axes or (), strict=True)
        if where.letter is None and axis.letter is not None and axis.letter.size is not None
    ]
