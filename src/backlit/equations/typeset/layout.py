"""What an equation looks like, before anybody decides how it is shown.

A layout is a small tree of boxes: letters, subscripts, fractions, the sign of a sum with what runs
below it.  :mod:`.arrange` makes it from an expression; :mod:`.text`, :mod:`.latex`,
:mod:`.mathml` and :mod:`.spoken` render it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Name:
    """A letter with a meaning: a tensor, an index, a size, an option.

    Attributes:
        symbol: the letter, see :mod:`.glyphs`.
        role: its color role, "tensor:X", "index:u", ...
        words: what it means.
    """

    symbol: str
    role: str
    words: str = ""


@dataclass(frozen=True)
class Digits:
    """A number, already formatted."""

    text: str


@dataclass(frozen=True)
class Operator:
    """A sign between two things; ``tight`` ones, inside indices, have no space around."""

    sign: str
    tight: bool = False


@dataclass(frozen=True)
class Words:
    """Plain words inside or beside an equation."""

    text: str


@dataclass(frozen=True)
class Row:
    """Boxes side by side."""

    children: tuple[Layout, ...]


@dataclass(frozen=True)
class Element:
    """A tensor and its indices: X[n,c,h,w] in text, with a subscript elsewhere."""

    tensor: Name
    indices: tuple[Layout, ...]


@dataclass(frozen=True)
class Fenced:
    """Something between brackets: "()", "[]", "⌊⌋"."""

    fences: str
    body: Layout


@dataclass(frozen=True)
class Stacked:
    """One thing over another; in a line of text a compound one needs brackets, a long one room."""

    above: Layout
    below: Layout
    above_is_compound: bool = False
    below_is_compound: bool = False
    tight: bool = True


@dataclass(frozen=True)
class Superscript:
    """A power; ``2`` is written as a raised digit."""

    base: Layout
    exponent: Layout
    exponent_is_compound: bool = False


@dataclass(frozen=True)
class Root:
    """A square root."""

    body: Layout


@dataclass(frozen=True)
class Applied:
    """A function and its arguments: tanh(X), max(0, X)."""

    function: str
    arguments: tuple[Layout, ...]


@dataclass(frozen=True)
class Big:
    """Σ or max with what it runs over, and its body."""

    sign: str
    below: tuple[Layout, ...]
    body: Layout


@dataclass(frozen=True)
class Branches:
    """Values with the conditions under which they hold; the last one holds otherwise."""

    branches: tuple[tuple[Layout, Layout | None], ...]


Layout: TypeAlias = (
    Name
    | Digits
    | Operator
    | Words
    | Row
    | Element
    | Fenced
    | Stacked
    | Superscript
    | Root
    | Applied
    | Big
    | Branches
)


def row(*children: Layout) -> Layout:
    """Boxes side by side, without rows inside rows."""
    flat: list[Layout] = []
    for child in children:
        flat += child.children if isinstance(child, Row) else [child]
    return flat[0] if len(flat) == 1 else Row(tuple(flat))


def names(layout: Layout) -> Iterator[Name]:
    """All letters in the order in which they are read."""
    if isinstance(layout, Name):
        yield layout
    for child in below(layout):
        yield from names(child)


def below(layout: Layout) -> Iterator[Layout]:
    """The boxes directly inside one."""
    match layout:
        case Row(children) | Applied(_, children):
            yield from children
        case Element(tensor, indices):
            yield tensor
            yield from indices
        case Fenced(_, body) | Root(body):
            yield body
        case Stacked(above, under) | Superscript(above, under):
            yield from (above, under)
        case Big(_, under, body):
            yield from under
            yield body
        case Branches(branches):
            for value, condition in branches:
                yield value
                if condition is not None:
                    yield condition
