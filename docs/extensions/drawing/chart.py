"""The frame of a chart: scales, axes with ticks, and the legend below it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from .picture import Picture

WIDTH, HEIGHT = 520, 320  # of the view box; on the page the picture is as wide as its column
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 30, 46  # what the axes and their words take of it
MARGIN = 0.05  # of the range, left free beyond the smallest and the largest number

_LEGEND = 7.6  # pixels of a letter there, rather too many
STYLE = """
.function { stroke: var(--ink); stroke-width: 3; stroke-linejoin: round; stroke-linecap: round; }
.slope { stroke: var(--error); stroke-width: 2.5; stroke-dasharray: 7 5; }
circle.slope { stroke-width: 2; stroke-dasharray: none; }
.full { fill: var(--error); }
.empty { fill: var(--paper); }
.line { stroke-width: 2.5; stroke-linejoin: round; stroke-linecap: round; }
.line-0 { stroke: var(--x); }
.line-1 { stroke: var(--error); stroke-dasharray: 9 6; }
.line-2 { stroke: var(--w); stroke-dasharray: 2 6; }
.line-3 { stroke: var(--gradient); stroke-dasharray: 12 5 2 5; }
"""

Point = tuple[float, float]


@dataclass(frozen=True)
class Axis:
    """Numbers from ``low`` to ``high`` along the pixels from ``start`` to ``end``."""

    low: float
    high: float
    start: float
    end: float

    def place(self, number: float) -> float:
        """The pixel of a number."""
        share = (number - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self, about: int = 6) -> list[float]:
        """Round numbers on the axis, roughly ``about`` of them."""
        rough = (self.high - self.low) / about
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= rough * 0.999)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [round(step * k, 10) for k in range(first, last + 1)]


@dataclass(frozen=True)
class Frame:
    """The two axes of a chart."""

    x: Axis
    y: Axis

    @classmethod
    def around(cls, points: Sequence[Point]) -> Frame:
        """As large as the points need; across exactly, upwards with a little air."""
        xs, ys = zip(*points, strict=True)
        air = MARGIN * (max(ys) - min(ys))
        return cls(
            Axis(min(xs), max(xs), LEFT, WIDTH - RIGHT),
            Axis(min(ys) - air, max(ys) + air, HEIGHT - BOTTOM, TOP),
        )

    def path(self, points: Sequence[Point], kind: str) -> str:
        """A line through the points."""
        places = " L".join(f"{self.x.place(x):.2f} {self.y.place(y):.2f}" for x, y in points)
        return f'<path class="{kind}" d="M{places}"/>'

    def dot(self, point: Point, kind: str) -> str:
        """A small disc."""
        x, y = self.x.place(point[0]), self.y.place(point[1])
        return f'<circle class="{kind}" cx="{x:.2f}" cy="{y:.2f}" r="4"/>'

    def drawn(self, across: str, upwards: str) -> str:
        """Grid, ticks with their numbers, the two zero lines, and what the axes stand for."""
        left, right, bottom, top = self.x.start, self.x.end, self.y.start, self.y.end
        parts = []
        for number in self.x.ticks():
            at = self.x.place(number)
            kind = "zero" if number == 0 else "grid"
            parts.append(f'<path class="{kind}" d="M{at:.2f} {top}V{bottom}"/>')
            parts.append(_text(at, bottom + 18, shown(number), "middle"))
        for number in self.y.ticks(5):
            at = self.y.place(number)
            kind = "zero" if number == 0 else "grid"
            parts.append(f'<path class="{kind}" d="M{left} {at:.2f}H{right}"/>')
            parts.append(_text(left - 7, at + 4, shown(number), "end"))
        parts.append(_text((left + right) / 2, HEIGHT - 8, across, "middle", "axis"))
        parts.append(_text(left, top - 12, upwards, "start", "axis"))
        return "".join(parts)


def figure(title: str, inside: str, legend: Sequence[tuple[str, str]]) -> Picture:
    """A chart with its title for those who do not see it, and its legend as (class, words)."""
    keys, x, y = "", 0.0, HEIGHT + 24.0
    for kind, words in legend:
        if x and x + _LEGEND * len(words) > WIDTH:
            x, y = 0.0, y + 24
        keys += f'<path class="{kind}" d="M{x + 1:.0f} {y - 5:.0f}h26"/>'
        keys += _text(x + 36, y, words, "start", "muted")
        x += 60 + _LEGEND * len(words)
    return Picture(title, WIDTH, y + 10, inside + keys, STYLE)


def shown(number: object) -> str:
    """A number as pages show it: up to four digits, and a real minus sign."""
    text = f"{number:.4g}" if isinstance(number, float) else str(number)
    return text.replace("-", "−")


def _text(x: float, y: float, words: str, anchor: str, kind: str = "tick") -> str:
    place = f'x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}"'
    return f'<text class="{kind}" {place}>{escape(words)}</text>'
