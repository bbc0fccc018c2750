"""The frame of a chart: scales, axes with ticks, and the figure around it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 520, 320  # of the view box; on the page the picture is as wide as its column
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 30, 46  # what the axes and their words take of it
MARGIN = 0.05  # of the range, left free beyond the smallest and the largest number

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


def figure(title: str, inside: str, legend: Sequence[tuple[str, str]]) -> str:
    """A chart with its title for those who do not see it, and its legend as (class, words)."""
    keys = "".join(
        f'<span><svg class="key" viewBox="0 0 28 10" aria-hidden="true">'
        f'<path class="{kind}" d="M1 5H27"/></svg>{escape(words)}</span>'
        for kind, words in legend
    )
    return (
        f'<figure class="backlit-picture"><svg role="img" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f"<title>{escape(title)}</title>{inside}</svg>"
        f"<figcaption>{keys}</figcaption></figure>\n"
    )


def shown(number: object) -> str:
    """A number as pages show it: up to four digits, and a real minus sign."""
    text = f"{number:.4g}" if isinstance(number, float) else str(number)
    return text.replace("-", "−")


def _text(x: float, y: float, words: str, anchor: str, kind: str = "tick") -> str:
    place = f'x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}"'
    return f'<text class="{kind}" {place}>{escape(words)}</text>'
