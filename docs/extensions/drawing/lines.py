"""Numbers step after step, as lines in one chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .chart import Frame, figure
from .picture import Picture


@dataclass(frozen=True)
class Line:
    """A name for the legend, and one number for each step from 0."""

    name: str
    numbers: Sequence[float]


def lines(title: str, shown: Sequence[Line], across: str, upwards: str) -> Picture:
    """Up to four lines in a chart, told apart by color and by dashes."""
    each = [[(float(step), y) for step, y in enumerate(line.numbers)] for line in shown]
    frame = Frame.around([point for points in each for point in points])
    parts = [frame.drawn(across, upwards)]
    for k, points in enumerate(each):
        parts.append(frame.path(points, f"line line-{k}"))
    legend = [(f"line line-{k}", line.name) for k, line in enumerate(shown)]
    return figure(title, "".join(parts), legend)
