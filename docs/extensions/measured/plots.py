"""Lines on logarithmic scales: what an image costs, in batches and images small and large."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from docs.extensions.drawing.picture import Picture

from .canvas import Scale, apart, around, dot, line, picture, text
from .documents import OURS, PLAIN, WAYS, Times, kept, median, shown

HEIGHT = 280
_LEFT, _RIGHT, _TOP, _FOOT = 13.0, 73.0, 28, HEIGHT - 44  # beside the lines stand their names
_KINDS = {OURS: "ours", PLAIN[0]: "theirs", PLAIN[1]: "other"}
_WORDS = {OURS: "backlit", **WAYS}
Points = dict[str, dict[float, float]]  # side: {number across: milliseconds an image}


def sizes(name: str, across: str) -> Picture:
    """What an image costs a network, against the ``batches`` or against the ``sizes`` of images."""
    case = kept("sizes")["cases"][name]
    if across == "batches":
        points = {side: _each(case["batches"], side) for side in _KINDS}
        return plot(name, points, f"images in a batch, {case['pixels']}×{case['pixels']}")
    points = {side: _each(case["sizes"], side, case["batch"]) for side in _KINDS}
    return plot(name, points, f"pixels along a side, batches of {case['batch']}")


def _each(cases: Mapping[str, Times], side: str, batch: int | None = None) -> dict[float, float]:
    """Milliseconds an image; without ``batch``, the numbers across are the batches."""
    found = {}
    for across, times in cases.items():
        milliseconds = median(times, side)
        assert milliseconds is not None
        found[float(across)] = milliseconds / (batch or int(across))
    return found


def plot(name: str, points: Points, across: str) -> Picture:
    """A line for each side, named at its right end."""
    xs = sorted(next(iter(points.values())))
    ys = [y for side in points.values() for y in side.values()]
    x, y = Scale(xs[0], xs[-1], _LEFT + 2, _RIGHT), around(ys, _FOOT, _TOP)
    parts = [text(0, 14, f"{name}: ms an image", kind="axis")]
    for number in y.ticks():
        at = y.place(number)
        parts.append(line(_LEFT, at, _RIGHT, at, "grid"))
        parts.append(text(_LEFT, at + 4, f"{number:g}", "end", "tick", shift=-6))
    parts.append(line(_LEFT, _FOOT, _RIGHT, _FOOT, "rule"))
    for k, number in enumerate(xs):
        if len(xs) <= 5 or k % 2 == 0:
            parts.append(text(x.place(number), _FOOT + 16, f"{number:g}", "middle", "tick"))
    parts.append(text((_LEFT + _RIGHT) / 2, HEIGHT - 8, across, "middle", "axis"))
    names = []
    for side, kind in reversed(_KINDS.items()):  # ours last, above the others
        places = [(x.place(at), y.place(each)) for at, each in sorted(points[side].items())]
        for (x1, y1), (x2, y2) in pairwise(places):
            parts.append(line(x1, y1, x2, y2, kind))
        parts += [dot(*place, kind) for place in places]
        first, last = (shown(points[side][end]) for end in (xs[0], xs[-1]))
        names.append(f"{_WORDS[side]} {first} at {xs[0]:g}, {last} at {xs[-1]:g}")
    ends = [y.place(points[side][xs[-1]]) for side in _KINDS]
    for (side, kind), at in zip(_KINDS.items(), apart(ends, 16), strict=True):
        parts.append(text(_RIGHT, at + 4, _WORDS[side], kind=kind, shift=11))
    title = f"{name}: milliseconds an image against {across}: {'; '.join(reversed(names))}"
    return picture(title, HEIGHT, parts)
