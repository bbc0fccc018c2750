"""Typesetting: from expressions to layouts, and from layouts to text, LaTeX, MathML and speech."""

from ..expressions import Expression
from .arrange import Arranger, arrange
from .formula import Formula, Phrase
from .layout import Layout
from .numbers import format_number
from .text import Span, layout_text

# Every term of every element names its coefficients.  Kept by identity, since ½ and 0.5 are equal
# but written differently; the expression is kept too, so that its identity stays its own.
_texts: dict[int, tuple[Expression, str]] = {}


def plain_text(expression: Expression) -> str:
    """An expression as one line of text."""
    known = _texts.get(id(expression))
    if known is None:
        if len(_texts) >= 1000:
            _texts.clear()
        known = _texts[id(expression)] = expression, layout_text(arrange(expression))
    return known[1]


__all__ = [
    "Arranger",
    "Formula",
    "Layout",
    "Phrase",
    "Span",
    "arrange",
    "format_number",
    "plain_text",
]
