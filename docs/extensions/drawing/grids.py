"""Maps of numbers beside each other: what went in, what came out, what came back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from html import escape

from .chart import shown
from .picture import Picture

CELL, HEAD, GAP = 34.0, 24.0, 22.0  # pixels: a cell, the line above a map, between two maps
STYLE = """
.middle { text-anchor: middle; }
.hue { fill: var(--hue); }
.cell { fill: var(--hue); opacity: 0.13; }
.frame { stroke: var(--muted); stroke-width: 2; }
.arrow { stroke: var(--hue); stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
"""

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

    @property
    def size(self) -> tuple[float, float]:
        """Width and height."""
        return max(self._across * len(self.rows[0]), 9.0 * len(self.name)), HEAD + CELL * len(
            self.rows
        )

    @property
    def _across(self) -> float:
        """The width of a cell."""
        longest = max(len(shown(number)) for row in self.rows for number in row)
        return max(CELL, 9.0 * longest + 12)

    def words(self) -> str:
        """For those who do not see it."""
        rows = "; ".join(" ".join(map(shown, row)) for row in self.rows)
        return f"{self.name} = {rows}"

    def svg(self, x: float, y: float) -> str:
        """Its elements, from a place on."""
        wide, top = self._across, y + HEAD
        width, height = wide * len(self.rows[0]), CELL * len(self.rows)
        parts = [f'<text x="{x:g}" y="{y + 16:g}" class="hue bold">{escape(self.name)}</text>']
        lines = [f"M{x:g} {top + CELL * i:g}h{width:g}" for i in range(1, len(self.rows))]
        lines += [f"M{x + wide * j:g} {top:g}v{height:g}" for j in range(1, len(self.rows[0]))]
        cells = []
        for i, row in enumerate(self.rows):
            for j, number in enumerate(row):
                left, upper, kind = x + wide * j, top + CELL * i, "muted"
                if self.strong is None or (i, j) in self.strong:
                    kind = "hue bold"
                    size = f'width="{wide:g}" height="{CELL:g}"'
                    parts.append(f'<rect class="cell" x="{left:g}" y="{upper:g}" {size}/>')
                place = f'x="{left + wide / 2:g}" y="{upper + CELL / 2 + 5:g}"'
                cells.append(f'<text class="{kind} middle" {place}>{shown(number)}</text>')
        parts.append(f'<path class="grid" d="{" ".join(lines)}"/>')
        frame = f"M{x:g} {top:g}h{width:g}v{height:g}h{-width:g}z"
        if self.window is not None:
            rows, columns = self.window
            starts = range(rows, len(self.rows), rows)
            frame += "".join(f"M{x:g} {top + CELL * i:g}h{width:g}" for i in starts)
            starts = range(columns, len(self.rows[0]), columns)
            frame += "".join(f"M{x + wide * j:g} {top:g}v{height:g}" for j in starts)
        parts.append(f'<path class="frame" d="{frame}"/>')
        return f'<g class="{self.role}">{"".join([*parts, *cells])}</g>'


@dataclass(frozen=True)
class Arrow:
    """From one map to the next, with a word or two; ``back`` for the way of the error."""

    words: str
    back: bool = False

    @property
    def size(self) -> tuple[float, float]:
        """Width and height."""
        return max(48.0, 8.0 * len(self.words)), HEAD + CELL

    def svg(self, x: float, y: float) -> str:
        """Its elements, from a place on."""
        middle, width = x + self.size[0] / 2, 40
        start, step, head = middle - width / 2, width, -8
        if self.back:
            start, step, head = middle + width / 2, -width, 8
        return (
            f'<g class="{"error" if self.back else "x"}">'
            f'<text class="muted middle" x="{middle:g}" y="{y - 8:g}">{escape(self.words)}</text>'
            f'<path class="arrow" d="M{start:g} {y + 8:g}h{step}m{head} -6l{-head} 6l{head} 6"/>'
            "</g>"
        )


def grids(title: str, *lines: Sequence[Grid | Arrow]) -> Picture:
    """Lines of maps and arrows in one drawing, with a sentence for those who do not see it."""
    parts, y, width = [], 4.0, 0.0
    for line in lines:
        height = max(part.size[1] for part in line if isinstance(part, Grid))
        x = 2.0
        for part in line:
            middle = y + (height + HEAD) / 2
            parts.append(part.svg(x, y if isinstance(part, Grid) else middle))
            x += part.size[0] + GAP
        width, y = max(width, x - GAP), y + height + 22
    words = [part.words() for line in lines for part in line if isinstance(part, Grid)]
    drawn = "".join(parts)
    return Picture(f"{title} {', '.join(words)}", round(width + 2), y - 18, drawn, STYLE, title)
