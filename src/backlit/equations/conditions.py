"""What the signs of an equation do not say: where something counts as 0, which places exist."""

from __future__ import annotations

from collections.abc import Sequence

from .expressions import Expression, Let, Sum
from .indices import IndexExpression, Quotient
from .typeset import Layout, Phrase, arrange
from .typeset.layout import Digits, Operator, Words, row
from .typeset.places import place


def phrase(*parts: str | IndexExpression | Expression | Layout) -> Phrase:
    """Words and pieces of mathematics one after the other."""
    return Phrase(row(*(_part(each) for each in parts)))


def _part(part: str | IndexExpression | Expression | Layout) -> Layout:
    match part:
        case str():
            return Words(part)
        case IndexExpression():
            return place(part)
        case Expression():
            return arrange(part)
    return part


def where_places_exist(node: Sum, inside: str) -> tuple[Phrase, ...]:
    """For a sum with lets: which of its products exist, in words and in signs."""
    if not node.lets:
        return ()
    used = {letter for let in node.lets for letter in let.expression.letters()}
    running = [loop.letter.symbol for loop in node.loops if loop.letter in used]
    parts: list[Layout] = [
        Words(f"over those {', '.join(running)} for which {_exist(node.lets, inside)}: ")
    ]
    for number, let in enumerate(node.lets):
        parts += [Words(", ")] if number else []
        parts += [Digits("0"), Operator("≤"), place(let.expression), Operator("<")]
        parts += [place(let.letter.size)] if let.letter.size is not None else []
    return (Phrase(row(*parts)),)


def _exist(lets: Sequence[Let], inside: str) -> str:
    """In words, for example: both quotients are whole numbers inside the output."""
    quotients = sum(isinstance(let.expression.atom, Quotient) for let in lets)
    both = "both" if len(lets) == 2 else "all" if len(lets) > 2 else "the"
    if quotients == len(lets):
        plural = "quotients are whole numbers" if quotients > 1 else "quotient is a whole number"
        return f"{both} {plural} {inside}"
    lie = "places lie" if len(lets) > 1 else "place lies"
    whole = " and the quotient is a whole number" if quotients else ""
    return f"{both} {lie} {inside}{whole}"
