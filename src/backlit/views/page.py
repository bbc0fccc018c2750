"""A page of text for a terminal: lines of a given width, in signs that it can show."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import ConsoleOptions
from rich.text import Text

from backlit.equations import Formula, Span
from backlit.equations.typeset.text import Piece, pieces
from backlit.equations.typeset.wrap import wrap

from .charset import fit
from .palette import style_of
from .styles import FAINT, HEADING

WIDEST = 100  # longer lines are hard to read
NARROWEST = 40  # tables and indented equations need so much; a narrower terminal wraps them


@dataclass(frozen=True)
class Cell:
    """One entry of a table; numbers stand at the right, words at the left."""

    text: str
    style: str = ""
    left: bool = False


class Page:
    """Collects lines.

    Args:
        width: columns that a line may take.
        encoding: of the stream it will be written to.
    """

    def __init__(self, width: int, encoding: str = "utf-8") -> None:
        self.width = width
        self.encoding = encoding
        self.lines: list[Text] = []

    def fit(self, text: str) -> str:
        """Text in signs that the stream can take."""
        return fit(text, self.encoding)

    def blank(self) -> None:
        """An empty line, unless there is one already."""
        if self.lines and self.lines[-1].plain:
            self.lines.append(Text())

    def add(self, *spans: tuple[str, str], indent: int = 0) -> None:
        """One line of (text, style) pieces, broken at spaces where it is too long."""
        line = Text(" " * indent)
        for text, style in spans:
            line.append(self.fit(text), style)
        self.add_text(line, indent + 2)

    def add_text(self, line: Text, hanging: int = 0) -> None:
        """One line that is in the stream's signs already, broken where it is too long."""
        line.rstrip()
        while cell_len(line.plain) > self.width:
            space = line.plain.rfind(" ", hanging + 1, self.width + 1)
            cut = space if space > 0 else self.width
            head, line = line.divide([cut])
            head.rstrip()
            self.lines.append(head)
            line = Text(" " * hanging) + line[len(line.plain) - len(line.plain.lstrip()) :]
        self.lines.append(line)

    def say(self, text: str, indent: int = 0, style: str = "", hanging: int = 0) -> None:
        """A paragraph."""
        room = max(self.width - indent, 10)
        margin = " " * indent
        wrapped = textwrap.wrap(self.fit(text), room, subsequent_indent=" " * hanging)
        self.lines += [Text(margin + line, style) for line in wrapped]

    def heading(self, text: str, number: str = "") -> None:
        """A heading, with a number before it if it has one."""
        self.blank()
        indent = len(number)
        lines = textwrap.wrap(self.fit(text), max(self.width - indent, 10))
        for place, line in enumerate(lines):
            start = number if place == 0 else " " * indent
            self.lines.append(Text.assemble((start, HEADING), (line, HEADING)))

    def formula(self, formula: Formula, indent: int = 0) -> None:
        """A formula in the colors of its letters, broken where it reads best."""
        own = [
            Piece(Span(self.fit(piece.span.text), piece.span.role), piece.rank)
            for piece in pieces(formula.layout)
        ]
        for line in wrap(own, self.width - indent):
            text = Text(" " * indent)
            for span in line:
                text.append(span.text, style_of(span.role))
            self.add_text(text)

    def entries(self, pairs: Iterable[tuple[str, str, str]], indent: int = 0) -> None:
        """Short explanations, (term, style, meaning), one below the other."""
        fitted = [(self.fit(term), style, self.fit(meaning)) for term, style, meaning in pairs]
        column = max((cell_len(term) for term, _, _ in fitted), default=0) + 2
        for term, style, meaning in fitted:
            room = max(self.width - indent - column, 10)
            for place, line in enumerate(textwrap.wrap(meaning, room) or [""]):
                start = term if place == 0 else ""
                gap = " " * (column - cell_len(start))
                self.add_text(Text.assemble(" " * indent, (start, style), gap, (line, FAINT)))

    def table_width(self, rows: Sequence[Sequence[Cell]], gap: int) -> int:
        """How many columns a table takes."""
        widths = [
            max(cell_len(self.fit(cell.text)) for cell in column)
            for column in zip(*rows, strict=True)
        ]
        return sum(widths) + gap * sum(width > 0 for width in widths[1:])

    def table(self, rows: Sequence[Sequence[Cell]], indent: int = 0, gap: int = 2) -> None:
        """Rows of cells in columns; a column is as wide as its widest cell."""
        fitted = [
            [Cell(self.fit(cell.text), cell.style, cell.left) for cell in row] for row in rows
        ]
        widths = [max(map(_width, column)) for column in zip(*fitted, strict=True)]
        for row in fitted:
            line = Text(" " * indent)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
                pad = " " * (width - _width(cell))
                line.append(" " * gap if place and width else "")
                line.append(cell.text + pad if cell.left else pad + cell.text, cell.style)
            self.add_text(line)


def page_for(options: ConsoleOptions, width: int | None = None) -> Page:
    """A page for a console: at most as wide as it, in signs that it can show."""
    return Page(max(min(width or WIDEST, options.max_width), NARROWEST), options.encoding)


def _width(cell: Cell) -> int:
    return cell_len(cell.text)
