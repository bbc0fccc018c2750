"""Typesetting: from expressions to layouts, and from layouts to text, LaTeX, MathML and speech."""

from ..expressions import Expression
from .arrange import Arranger, arrange
from .formula import Formula, Phrase
from .layout import Layout
from .numbers import format_number
from .text import Span, layout_text


def plain_text(expression: Expression) -> str:
    """An expression as one line of text."""
    return layout_text(arrange(expression))


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
