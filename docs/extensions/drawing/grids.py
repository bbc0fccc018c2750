"""Maps of numbers beside each other: what went in, what came out, what came back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from html import escape

from .chart import shown

Cell = tuple[int, int]


@dataclass(frozen=True)
class Grid:
    """One map.

    Attributes:
        name: above it, such as "X" or "dX".
        rows: its numbers.
        role: "x", "w", "b", "error", "gradient", or "y" for what has no color of its own.
        strong: the places (row, column) to point out; None for all.
        window: (rows, columns) of windows that lie side by side, drawn with thicker lines.
    """

    name: str
    rows: Sequence[Sequence[object]]
    role: str = "y"
    strong: Collection[Cell] | None = None
    window: tuple[int, int] | None = None

    def html(self) -> str:
        """As a table."""
        body = "".join(
            "<tr>"
            + "".join(f"<td{self._classes(i, j)}>{shown(number)}</td>" for j, number in row)
            + "</tr>"
            for i, row in enumerate(map(enumerate, self.rows))
        )
        return (
            f'<table class="backlit-map {self.role}">'
            f"<caption>{escape(self.name)}</caption><tbody>{body}</tbody></table>"
        )

    def _classes(self, i: int, j: int) -> str:
        classes = []
        if self.strong is None or (i, j) in self.strong:
            classes.append("strong")
        if self.window is not None:
            rows, columns = self.window
            classes += ["edge-top"] if i % rows == 0 else []
            classes += ["edge-left"] if j % columns == 0 else []
        return f' class="{" ".join(classes)}"' if classes else ""


@dataclass(frozen=True)
class Arrow:
    """From one map to the next, with a word or two; ``back`` for the way of the error."""

    words: str
    back: bool = False

    def html(self) -> str:
        """As a word above an arrow."""
        head = "←" if self.back else "→"
        kind = "back" if self.back else "forth"
        return (
            f'<div class="backlit-arrow {kind}"><span>{escape(self.words)}</span>'
            f"<b>{head}</b></div>"
        )


def grids(title: str, *lines: Sequence[Grid | Arrow]) -> str:
    """Lines of maps and arrows as a figure; on a narrow page a line wraps."""
    inside = "".join(
        f'<div class="backlit-line">{"".join(part.html() for part in line)}</div>' for line in lines
    )
    return (
        f'<figure class="backlit-picture maps">{inside}'
        f"<figcaption>{escape(title)}</figcaption></figure>\n"
    )
