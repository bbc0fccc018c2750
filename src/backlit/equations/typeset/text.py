"""A layout as one line of Unicode text, in pieces that know their color role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..glyphs import glyph
from .layout import (
    Applied,
    Big,
    Branches,
    Digits,
    Element,
    Fenced,
    Layout,
    Name,
    Operator,
    Root,
    Row,
    Stacked,
    Superscript,
    Words,
)

NO_BREAK = 9
RELATIONS = ("=", "←", "+=")


class Span(NamedTuple):
    """A piece of text and its role: "tensor:X", "index:u", "operator", "number", ..."""

    text: str
    role: str


class Piece(NamedTuple):
    """A span, and how well a line may be broken before it: 1 best, NO_BREAK never."""

    span: Span
    rank: int = NO_BREAK


def pieces(layout: Layout, depth: int = 0) -> Iterator[Piece]:
    """The layout in reading order; ``depth`` counts the brackets around it."""
    match layout:
        case Name(symbol, role):
            yield Piece(Span(glyph(symbol).text, role))
        case Digits(text):
            yield Piece(Span(text, "number"))
        case Operator():
            yield from _operator(layout, depth)
        case Words(text):
            yield from _words(text, depth)
        case Row(children):
            for child in children:
                yield from pieces(child, depth)
        case Element(tensor, indices):
            yield from pieces(tensor, depth)
            yield from _list("[", indices, "]", depth + 1)
        case Fenced(fences, body):
            yield from _fenced(body, depth, fences[0], fences[-1])
        case Stacked():
            yield from _fraction(layout, depth)
        case Superscript():
            yield from _superscript(layout, depth)
        case Root(body):
            yield Piece(Span("√", "operator"))
            yield from _wrapped(body, not isinstance(body, Name | Digits | Element), depth)
        case Applied(function, arguments):
            yield Piece(Span(function, "function"))
            yield from _list("(", arguments, ")", depth + 1, ", ")
        case Big(sign, below, body):
            yield Piece(Span(sign, "operator"))
            yield from _below(below)
            yield Piece(Span(" ", "space"), min(4 + 3 * depth, NO_BREAK - 1))
            yield from pieces(body, depth)
        case Branches(branches):
            for number, (value, condition) in enumerate(branches):
                yield from _words(", else " if number else "")
                yield from pieces(value, depth)
                if condition is not None:
                    yield from _words(" if ")
                    yield from pieces(condition, depth + 1)


_RANKS = {"=": 1, "←": 1, "+=": 1, "+": 1, "−": 1, "·": 2, "/": 2}


def _operator(operator: Operator, depth: int) -> Iterator[Piece]:
    sign, role = operator.sign, "punctuation" if operator.sign == "," else "operator"
    if operator.tight:
        yield Piece(Span(sign, role))
    else:
        rank = min(_RANKS.get(sign, 3) + 3 * depth, NO_BREAK - 1)
        yield Piece(Span(" ", "space"), rank)
        yield Piece(Span(f"{sign}", role))
        yield Piece(Span(" ", "space"))


def _words(text: str, depth: int = 0) -> Iterator[Piece]:
    """Words can be broken at every space, unless they are part of a formula."""
    rank = NO_BREAK if depth else 1
    start = 0
    for position, character in enumerate(text):
        if character == " ":
            if position > start:
                yield Piece(Span(text[start:position], "words"))
            yield Piece(Span(" ", "space"), rank)
            start = position + 1
    if start < len(text):
        yield Piece(Span(text[start:], "words"))


def _list(
    opening: str, items: tuple[Layout, ...], closing: str, depth: int, comma: str = ","
) -> Iterator[Piece]:
    yield Piece(Span(opening, "punctuation"))
    for number, item in enumerate(items):
        if number:
            yield Piece(Span(comma, "punctuation"))
        yield from pieces(item, depth)
    yield Piece(Span(closing, "punctuation"))


def _below(items: tuple[Layout, ...]) -> Iterator[Piece]:
    """What a sum runs over: Σ_n, Σ_{n,i,j}, or with words and spaces."""
    if len(items) == 1 and isinstance(items[0], Name):
        yield Piece(Span("_", "punctuation"))
        yield from pieces(items[0])
        return
    wordy = any(isinstance(each, Row) for each in items)
    yield from _list("_{", items, "}", 1, ", " if wordy else ",")


def _fenced(body: Layout, depth: int, opening: str = "(", closing: str = ")") -> Iterator[Piece]:
    yield Piece(Span(opening, "punctuation"))
    yield from pieces(body, depth + 1)
    yield Piece(Span(closing, "punctuation"))


def _wrapped(body: Layout, brackets: bool, depth: int) -> Iterator[Piece]:
    yield from _fenced(body, depth) if brackets else pieces(body, depth)


def _fraction(fraction: Stacked, depth: int) -> Iterator[Piece]:
    yield from _wrapped(fraction.above, fraction.above_is_compound, depth)
    yield from _operator(Operator("/", fraction.tight), depth)
    yield from _wrapped(fraction.below, fraction.below_is_compound, depth)


def _superscript(power: Superscript, depth: int) -> Iterator[Piece]:
    yield from pieces(power.base, depth)
    if power.exponent == Digits("2"):
        yield Piece(Span("²", "number"))
    else:
        yield Piece(Span("^", "operator"))
        yield from _wrapped(power.exponent, power.exponent_is_compound, depth)


def layout_spans(layout: Layout) -> list[Span]:
    """The spans of a layout on one line."""
    return [piece.span for piece in pieces(layout)]


def layout_text(layout: Layout) -> str:
    """A layout on one line."""
    return "".join(span.text for span in layout_spans(layout))
