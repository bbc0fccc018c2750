"""An activation function and its slope, both computed by the book."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .chart import Frame, Point, figure
from .picture import Picture

Forward = Callable[[Any], Any]
Backward = Callable[[Any, Any], Any]
STEPS = 160  # straight pieces to either side of 0


def curve(name: str, forward: Forward, backward: Backward, reach: float = 4.0) -> Picture:
    """The function from −reach to reach, and its slope, as a drawing.

    Args:
        name: of the function, for the legend and for readers who do not see the picture.
        forward: such as ``pure.relu_forward``.
        backward: such as ``pure.relu_backward``; an error of 1 brings out the slope.
        reach: how far to the left and to the right.
    """
    left = [-reach + reach * step / STEPS for step in range(STEPS + 1)]
    right = [-z for z in reversed(left)]
    right[0] = 1e-9  # just beyond 0, where some slopes jump
    function = [_points(side, forward(side)) for side in (left, right)]
    slope = [_points(side, backward([1.0] * len(side), side)) for side in (left, right)]
    frame = Frame.around([point for side in (*function, *slope) for point in side])
    parts = [frame.drawn("X, the number that goes in", "Y, the number that comes out")]
    parts += _line(frame, function, "function")
    parts += _line(frame, slope, "slope")
    legend = [
        ("function", f"Y = {name}(X)"),
        ("slope", "its slope, by which the error is multiplied"),
    ]
    return figure(f"{name} and its slope from −{reach:g} to {reach:g}", "".join(parts), legend)


def _points(xs: list[float], ys: list[float]) -> list[Point]:
    return list(zip(xs, ys, strict=True))


def _line(frame: Frame, sides: list[list[Point]], kind: str) -> list[str]:
    """One line; or two, with a full dot where 0 belongs to and an empty one where it does not."""
    left, right = sides
    if abs(left[-1][1] - right[0][1]) < 1e-6:
        return [frame.path([*left, *right], kind)]
    dots = [frame.dot((0.0, left[-1][1]), f"{kind} full"), frame.dot(right[0], f"{kind} empty")]
    return [frame.path(left, kind), frame.path(right, kind), *dots]
