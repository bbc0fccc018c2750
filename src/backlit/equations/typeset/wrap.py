"""Break a line of pieces at the best places, and hang what follows under the right-hand side."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from .text import NO_BREAK, RELATIONS, Piece, Span


def display_width(text: str) -> int:
    """Columns in a terminal: a mark that sits on another letter takes none."""
    return sum(not unicodedata.combining(character) for character in text)


def wrap(pieces: Sequence[Piece], width: int) -> list[list[Span]]:
    """Lines of at most ``width`` columns, as far as there are places to break."""
    indent = _indent(pieces, width)
    lines: list[list[Span]] = []
    rest = list(pieces)
    while rest:
        room = width - (indent if lines else 0)
        cut = _cut(rest, room)
        lines.append(_line(rest[:cut], indent if lines else 0))
        rest = rest[cut:]
        if rest and rest[0].span.role == "space":
            rest = rest[1:]  # the line's end stands for the space
    return lines


def _line(pieces: Sequence[Piece], indent: int) -> list[Span]:
    spans = [piece.span for piece in pieces]
    return [Span(" " * indent, "space"), *spans] if indent else spans


def _indent(pieces: Sequence[Piece], width: int) -> int:
    """The column behind the first equals sign, unless that leaves too little room.

    A sentence that only mentions a formula is not indented.
    """
    column = 0
    for piece in pieces:
        if piece.span.role == "words":
            return 0
        column += display_width(piece.span.text)
        if piece.span.role == "operator" and piece.span.text in RELATIONS:
            return column + 1 if column < width // 3 else 4
    return 0


def _cut(pieces: Sequence[Piece], room: int) -> int:
    """Where to end the line: the best rank in the line's second half, as far right as possible."""
    column = 0
    places: list[tuple[bool, int, int]] = []  # early?, rank, minus position: the smallest is best
    for number, piece in enumerate(pieces):
        if number and piece.rank < NO_BREAK and column <= room:
            places.append((column < room // 2, piece.rank, -number))
        column += display_width(piece.span.text)
    if column <= room:
        return len(pieces)
    if places:
        return -min(places)[2]
    # Nothing fits: the first place beyond the line's end is the least bad.
    return next((k for k, p in enumerate(pieces) if k and p.rank < NO_BREAK), len(pieces))
