"""A layout in spoken English, for screen readers."""

from __future__ import annotations

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

_SIGNS = {
    "=": "equals",
    "+": "plus",
    "−": "minus",
    "·": "times",
    "/": "over",
    ",": ",",
    "mod": "modulo",
    ">": "is greater than",
    "<": "is less than",
    "≥": "is at least",
    "≤": "is at most",
    "≠": "is not",
    "←": "becomes",
    "+=": "grows by",
    "…": "and so on",
    "↦": "goes to",
}
_FUNCTIONS = {
    "ln": "the natural logarithm of",
    "max": "the larger of",
    "min": "the smaller of",
    "tanh": "tanh of",
}


def spoken(layout: Layout) -> str:
    """The layout as somebody would read it out."""
    words = " ".join(_say(layout).split())
    return words.replace(" ,", ",")


def _say(layout: Layout) -> str:
    match layout:
        case Name(symbol):
            return glyph(symbol).spoken
        case Digits(text):
            return text.replace("−", "minus ").replace("/", " over ")
        case Operator(sign):
            return f" {_SIGNS.get(sign, sign)} "
        case Words(text):
            return text
        case Row(children):
            return " ".join(_say(child) for child in children)
        case Element(tensor, indices):
            return f"{_say(tensor)} at {_listed(indices)}"
        case Fenced(fences, body):
            return _fenced(fences, body)
        case Stacked(above, below, above_is_compound, below_is_compound):
            top, bottom = _grouped(above, above_is_compound), _grouped(below, below_is_compound)
            return f"{top} over {bottom}"
        case Superscript(base, exponent):
            squared = exponent == Digits("2")
            return f"{_say(base)} " + (
                "squared" if squared else f"to the power of {_say(exponent)}"
            )
        case Root(body):
            return f"the square root of {_say(body)}"
        case Applied(function, arguments):
            return f"{_FUNCTIONS.get(function, f'{function} of')} {_listed(arguments)}"
        case Big(sign, below, body):
            name = "the sum" if sign == "Σ" else "the largest"
            return f"{name} over {_listed(below)} of {_say(body)}"
        case Branches(branches):
            return ", ".join(_branch(value, condition) for value, condition in branches)


def _listed(items: tuple[Layout, ...]) -> str:
    return " , ".join(_say(item) for item in items)


def _grouped(layout: Layout, compound: bool) -> str:
    return f"( {_say(layout)} )" if compound else _say(layout)


def _fenced(fences: str, body: Layout) -> str:
    if fences == "[]":
        return f"1 where {_say(body)}, else 0"
    if fences == "⌊⌋":
        return f"{_say(body)} rounded down"
    return f"( {_say(body)} )"


def _branch(value: Layout, condition: Layout | None) -> str:
    return f"{_say(value)} {'otherwise' if condition is None else f'if {_say(condition)}'}"
