"""An activation function and its slope, both computed by the book."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from .chart import Frame, Point, figure
from .picture import Picture

Forward = Callable[[Any], Any]
Backward = Callable[[Any, Any], Any]
STEPS = 160  # straight pieces to either side of 0


def curve(
    name: str,
    forward: Forward,
    backward: Backward,
    reach: float = 4.0,
    breaks: Sequence[float] = (0.0,),
) -> Picture:
    """The function from −reach to reach, and its slope, as a drawing.

    Args:
        name: of the function, for the legend and for readers who do not see the picture.
        forward: such as ``pure.relu_forward``.
        backward: such as ``pure.relu_backward``; an error of 1 brings out the slope.
        reach: how far to the left and to the right.
        breaks: where its slope may jump.
    """
    pieces = _between([-reach, *breaks, reach])
    function = [_points(piece, forward(piece)) for piece in pieces]
    slope = [_points(piece, backward([1.0] * len(piece), piece)) for piece in pieces]
    frame = Frame.around([point for piece in (*function, *slope) for point in piece])
    parts = [frame.drawn("X, the number that goes in", "Y, the number that comes out")]
    at = [forward(list(breaks)), backward([1.0] * len(breaks), list(breaks))]
    for kind, drawn, values in zip(("function", "slope"), (function, slope), at, strict=True):
        parts += _line(frame, drawn, _points(list(breaks), values), kind)
    legend = [
        ("function", f"Y = {name}(X)"),
        ("slope", "its slope, by which the error is multiplied"),
    ]
    return figure(f"{name} and its slope from −{reach:g} to {reach:g}", "".join(parts), legend)


def _between(ends: Sequence[float]) -> list[list[float]]:
    """Numbers from each of the ends to the next, a little inside, where no slope jumps."""
    pieces = []
    for low, high in pairwise(ends):
        inside = [low + (high - low) * step / STEPS for step in range(1, STEPS)]
        pieces.append([low + 1e-9, *inside, high - 1e-9])
    return pieces


def _points(xs: list[float], ys: list[float]) -> list[Point]:
    return list(zip(xs, ys, strict=True))


def _line(frame: Frame, pieces: list[list[Point]], breaks: list[Point], kind: str) -> list[str]:
    """One line, cut where it jumps: a full dot where the number belongs to, an empty one else."""
    drawn, dots = [pieces[0]], []
    for right, (_, value) in zip(pieces[1:], breaks, strict=True):
        left = drawn[-1]
        if abs(left[-1][1] - right[0][1]) < 1e-6:
            drawn[-1] = [*left, *right]
            continue
        drawn.append(right)
        for end in (left[-1], right[0]):
            full = abs(end[1] - value) < 1e-6
            dots.append(frame.dot(end, f"{kind} {'full' if full else 'empty'}"))
    return [frame.path(points, kind) for points in drawn] + dots
