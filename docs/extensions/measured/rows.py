"""Drawings with a row for each network or peer."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from docs.extensions.drawing.picture import Picture

from .canvas import Scale, around, bar, dot, line, picture, text
from .documents import BOOK, NUMPY, OURS, PLAIN, best, kept, own, ratio, shown

ROW = 26  # pixels from one row to the next
_LEFT, _RIGHT = 30.0, 97.0  # per cent between which numbers stand


def ratios() -> Picture:
    """Bars: how many times PyTorch's best float32 speed a training step has, and the goals."""
    cases = kept("networks")["cases"]
    found = {name: ratio(case["step"]) for name, case in cases.items()}
    most = max([*found.values(), *(case["goal"] for case in cases.values())]) * 1.03
    scale = Scale(0, most, _LEFT, _RIGHT, logarithmic=False)
    top, foot = 24, 24 + len(cases) * ROW
    parts = []
    for number in scale.ticks():
        kind = "one" if number == 1 else "grid"
        words = "1 = PyTorch" if number == 1 else f"{number:g}"
        parts.append(line(scale.place(number), top - 4, scale.place(number), foot, kind))
        parts.append(text(scale.place(number), foot + 16, words, "middle", "tick"))
    for place, (name, case) in enumerate(cases.items()):
        y, goal = top + place * ROW, scale.place(case["goal"])
        parts += [
            text(_LEFT, y + 14, name, "end", shift=-8),
            bar(_LEFT, scale.place(found[name]), y, 18, "bar"),
            text(_LEFT, y + 14, f"{found[name]:.2f}", kind="inside", shift=7),
            line(goal, y - 2, goal, y + 20, "halo"),
            line(goal, y - 2, goal, y + 20, "goal"),
        ]
        if not place:
            parts.append(text(goal, y - 8, "goal", "middle", "goal"))
    each = ", ".join(
        f"{name} {found[name]:.2f} (goal {case['goal']:g})" for name, case in cases.items()
    )
    name = f"How many times PyTorch's speed a training step has: {each}"
    return picture(name, foot + 24, parts)


def scaling() -> Picture:
    """Two dots for each network: how many times as fast two threads are, ours and PyTorch's."""
    document = kept("scaling")
    one, two = (str(count) for count in document["threads"])
    gains: dict[str, tuple[float, float]] = {}
    for name, case in document["cases"].items():
        step = case["step"]
        gains[name] = (
            own(step[one]) / own(step[two]),
            best(step[one], PLAIN) / best(step[two], PLAIN),
        )
    every = [gain for pair in gains.values() for gain in pair]
    low, high = min(1.0, *every), max(2.0, *every)
    scale = Scale(low, high + 0.02 * (high - low), _LEFT + 2, _RIGHT - 2, logarithmic=False)
    top, foot = 30, 30 + len(gains) * ROW
    parts = [text(scale.place(2), top - 14, "twice as fast", "end", "tick", shift=4)]
    for number in scale.ticks():
        kind = "one" if number == 2 else "grid"
        parts.append(line(scale.place(number), top - 8, scale.place(number), foot, kind))
        parts.append(text(scale.place(number), foot + 16, f"{number:g}", "middle", "tick"))
    for place, (name, (ours, theirs)) in enumerate(gains.items()):
        y = top + place * ROW + 9
        parts += [
            text(_LEFT, y + 5, name, "end", shift=-8),
            line(scale.place(ours), y, scale.place(theirs), y, "pair"),
            dot(scale.place(theirs), y, "theirs"),
            dot(scale.place(ours), y, "ours"),
        ]
    each = ", ".join(f"{name} {ours:.2f} and {his:.2f}" for name, (ours, his) in gains.items())
    name = f"How many times as fast two threads are as one, backlit and PyTorch: {each}"
    parts += legend((("ours", "backlit"), ("theirs", "PyTorch")), foot + 44)
    return picture(name, foot + 54, parts)


def peers() -> Picture:
    """For each network a row for each peer: a training step's time, on a logarithmic scale."""
    document = kept("peers")
    words = {OURS: "backlit", "torch": "PyTorch", NUMPY: "NumPy, im2col", BOOK: "the book"}
    steps = {name: peer_times(case, document["few"]) for name, case in document["cases"].items()}
    scale = around((each for step in steps.values() for each in step.values()), _LEFT, 94, 1.5)
    parts, names, top = [], [], 0
    for name, step in steps.items():
        rule, foot = top + 22, top + 26 + ROW * len(step)
        parts.append(text(0, top + 14, name, kind="head"))
        parts += [
            line(scale.place(number), rule, scale.place(number), foot, "grid")
            for number in scale.ticks()
        ]
        parts.append(line(0, rule, 100, rule, "rule"))
        for k, (side, each) in enumerate(sorted(step.items(), key=lambda pair: pair[1])):
            y, at, kind = top + 38 + ROW * k, scale.place(each), "theirs"
            value = f"{clock(each)} · {shown_times(each / step[OURS])}"
            if side == OURS:
                value, kind = clock(each), "ours"
            anchor, shift = ("start", 11) if at < 62 else ("end", -11)
            parts += [
                text(_LEFT, y + 5, words[side], "end", shift=-8),
                line(_LEFT, y, at, y, "stem"),
                text(at, y + 5, value, anchor, "value", shift=shift),
                dot(at, y, kind),
            ]
            names.append(f"{name}, {words[side]}: {clock(each)}")
        top = foot + 14
    foot = top - 14
    parts += [
        text(scale.place(number), foot + 16, clock(number), "middle", "tick")
        for number in scale.ticks()
    ]
    return picture(f"A training step: {'; '.join(names)}", foot + 24, parts)


def peer_times(case: dict[str, Any], few: int) -> dict[str, float]:
    """Milliseconds of a step by peer; the book's from a few images to the whole batch."""
    step = case["step"]
    return {
        OURS: own(step),
        "torch": best(step, PLAIN),
        NUMPY: statistics.median(step[NUMPY]),
        BOOK: statistics.median(case["few"][BOOK]) * case["batch"] / few,
    }


def clock(milliseconds: float) -> str:
    """Milliseconds, or seconds where that is shorter."""
    if milliseconds < 1000:
        return f"{shown(milliseconds).removesuffix('.00').removesuffix('.0')} ms"
    return f"{shown(milliseconds / 1e3).removesuffix('.00').removesuffix('.0')} s"


def shown_times(number: float) -> str:
    """Such as 2.9 ×, or 3,300 ×: two digits."""
    return f"{number:.1f} ×" if number < 10 else f"{float(f'{number:.2g}'):,.0f} ×"


def legend(keys: Sequence[tuple[str, str]], y: float) -> list[str]:
    """What the dots are, in a line."""
    parts = []
    for k, (kind, words) in enumerate(keys):
        parts += [dot(_LEFT + 18 * k, y - 5, kind), text(_LEFT + 18 * k, y, words, shift=11)]
    return parts
