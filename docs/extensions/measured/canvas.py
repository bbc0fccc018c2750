"""Drawings: places across are per cent of the width, upwards everything is in pixels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from docs.extensions.drawing.picture import Picture

WIDTH = 640
STYLE = """
.axis { font-size: 13px; }
.value { paint-order: stroke; stroke: var(--paper); stroke-width: 6px; stroke-linejoin: round; }
.head { font-weight: 600; }
text.inside { fill: var(--paper); font-weight: 600; }
text.goal { fill: var(--error); font-size: 12px; }
.bar { fill: var(--x); }
line { stroke-linecap: round; }
line.halo { stroke: var(--paper); stroke-width: 7; stroke-linecap: butt; }
line.goal { stroke: var(--error); stroke-width: 3; stroke-linecap: butt; }
line.stem { stroke: var(--line); stroke-width: 2; }
line.pair { stroke: var(--muted); stroke-width: 2; opacity: 0.6; }
line:is(.ours, .theirs, .other) { stroke-width: 2.5; }
circle { stroke-width: 2; fill: var(--paper); }
circle.ours { fill: var(--x); }
:is(line, circle).ours { stroke: var(--x); }
:is(line, circle).theirs { stroke: var(--w); }
:is(line, circle).other { stroke: var(--gradient); }
text.ours { fill: var(--x); font-weight: 600; }
text.theirs { fill: var(--w); }
text.other { fill: var(--gradient); }
"""


@dataclass(frozen=True)
class Scale:
    """Numbers from ``low`` to ``high`` between two places; logarithmic, unless it is not wanted."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = True

    def place(self, number: float) -> float:
        """Where a number stands."""
        low, high, at = self.low, self.high, number
        if self.logarithmic:
            low, high, at = math.log(low), math.log(high), math.log(number)
        return self.start + (at - low) / (high - low) * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Round numbers: powers of ten on a logarithmic scale, with 2 and 5 if these are few."""
        if not self.logarithmic:
            step = 0.5 if self.high - self.low < 2 else 1.0
            first, last = math.ceil(self.low / step), math.floor(self.high / step)
            return [step * k for k in range(first, last + 1)]
        decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        found: list[float] = []
        for mantissas in ((1,), (1, 2, 5)):
            each = [float(f"{m}e{power}") for power in decades for m in mantissas]
            found = [number for number in each if self.low <= number <= self.high * 1.0001]
            if len(found) > 2:
                break
        return found


def around(numbers: Iterable[float], start: float, end: float, air: float = 1.15) -> Scale:
    """A logarithmic scale with a little air at both ends."""
    each = list(numbers)
    return Scale(min(each) / air, max(each) * air, start, end)


def text(
    x: float, y: float, words: str, anchor: str = "start", kind: str = "", shift: float = 0
) -> str:
    """Words; ``shift`` moves them by pixels."""
    place = f'x="{_across(x) + shift:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} class="{kind}">{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """A straight line."""
    place = f'x1="{_across(x1):.1f}" y1="{y1:.1f}" x2="{_across(x2):.1f}" y2="{y2:.1f}"'
    return f'<line {place} class="{kind}"/>'


def bar(x1: float, x2: float, y: float, height: float, kind: str) -> str:
    """A rectangle from x1 to x2."""
    place = f'x="{_across(x1):.1f}" width="{_across(x2 - x1):.1f}" y="{y:.1f}" height="{height:g}"'
    return f'<rect {place} rx="2" class="{kind}"/>'


def dot(x: float, y: float, kind: str) -> str:
    """A disc."""
    return f'<circle cx="{_across(x):.1f}" cy="{y:.1f}" r="4.5" class="{kind}"/>'


def picture(name: str, height: float, parts: Iterable[str]) -> Picture:
    """The drawing; ``name`` tells those who do not see it what there is to see."""
    return Picture(name, WIDTH, height, "".join(parts), STYLE)


def _across(share: float) -> float:
    """Per cent of the width in pixels."""
    return share * WIDTH / 100


def apart(places: Sequence[float], least: float) -> list[float]:
    """The same places upwards, moved so that no two are nearer than ``least``."""
    order = sorted(range(len(places)), key=lambda k: places[k])
    blocks: list[list[float]] = []  # [sum of wished first places, count]: labels that touch
    for k in order:
        blocks.append([places[k], 1])
        while len(blocks) > 1 and _first(blocks[-2], least) + blocks[-2][1] * least > _first(
            blocks[-1], least
        ):
            total, count = blocks.pop()
            blocks[-1][0] += total
            blocks[-1][1] += count
    found = [0.0] * len(places)
    steps = (
        _first(block, least) + step * least for block in blocks for step in range(int(block[1]))
    )
    for k, place in zip(order, steps, strict=True):
        found[k] = place
    return found


def _first(block: list[float], least: float) -> float:
    """Where labels that touch begin, so that their middle is where they would like it."""
    total, count = block
    return total / count - (count - 1) / 2 * least
