"""Anything typeset: one layout, every way to show it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from . import mathml
from .latex import LatexWriter
from .layout import Layout, names
from .spoken import spoken
from .text import Span, layout_spans, layout_text, pieces
from .wrap import wrap


class Formula(ABC):
    """Something that can be shown as Unicode text, LaTeX, MathML or in spoken words."""

    @property
    @abstractmethod
    def layout(self) -> Layout:
        """The boxes to show."""

    def __str__(self) -> str:
        return self.text()

    def spans(self) -> list[Span]:
        """The text in pieces with their color roles; joined they are :meth:`text`."""
        return layout_spans(self.layout)

    def text(self, width: int | None = None) -> str:
        """Unicode text on one line, or in lines of at most ``width`` columns where possible."""
        if width is None:
            return layout_text(self.layout)
        return "\n".join("".join(span.text for span in line) for line in self.lines(width))

    def lines(self, width: int) -> list[list[Span]]:
        """The text broken into lines, each in pieces with their color roles."""
        return wrap(list(pieces(self.layout)), width)

    def latex(self, colors: Mapping[str, str] | None = None) -> str:
        """LaTeX for mathematics mode; ``colors`` maps roles to color names."""
        return LatexWriter(colors).write(self.layout)

    def mathml(self) -> str:
        """A standalone ``<math>`` element with a class for each role and a spoken alternative."""
        return mathml.document(self.layout, spoken(self.layout))

    def spoken(self) -> str:
        """The formula as it is read out."""
        return spoken(self.layout)

    @property
    def letters(self) -> dict[str, str]:
        """Every letter in it by its role ("index:u"), with what it means, in reading order."""
        return {name.role: name.words for name in names(self.layout) if name.words}


@dataclass(frozen=True)
class Phrase(Formula):
    """A formula that is nothing but its layout: a condition, a note, numbers put in."""

    content: Layout

    @property
    def layout(self) -> Layout:
        """The boxes to show."""
        return self.content
