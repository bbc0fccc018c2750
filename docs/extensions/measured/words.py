"""Sentences whose numbers come from what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .documents import BOOK, FLOAT32, INSTALLED, NUMPY, OURS, PLAIN, best, kept, own, ratio, reach
from .rows import peer_times, shown_times
from .tables import spread

_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")


def goals_words() -> str:
    """Which goals are missed, and by how much."""
    cases = kept("networks")["cases"]
    missed, also = _missed(cases, FLOAT32), _missed(cases, INSTALLED)
    if not missed:
        return f"All {_count(len(cases))} goals are reached."
    verb = "is" if len(missed) == 1 else "are"
    installed = f"these would be {_listed(also)}" if also else "all would be reached"
    return (
        f"Of {_count(len(cases))} goals {_count(len(missed))} {verb} missed: "
        f"{_listed(missed)}. Against PyTorch as it is installed, which gives its memory back, "
        f"{installed}."
    )


def _missed(cases: Mapping[str, Any], sides: Sequence[str]) -> list[str]:
    """The cases below their goals, with what was found."""
    return [
        f"**{name}** ({ratio(case['step'], sides):.2f} of {case['goal']:.1f})"
        for name, case in cases.items()
        if ratio(case["step"], sides) < case["goal"]
    ]


def spread_words() -> str:
    """How far the rounds of a training step are apart."""
    return f"Half of a side's rounds typically lie within ±{spread():.1%} of its median."


def scaling_words() -> str:
    """What a second thread brings."""
    document = kept("scaling")
    one, two = (str(count) for count in document["threads"])
    steps = [case["step"] for case in document["cases"].values()]
    ours = reach(own(step[one]) / own(step[two]) for step in steps)
    theirs = reach(best(step[one], PLAIN) / best(step[two], PLAIN) for step in steps)
    return f"A second thread makes backlit {ours} times as fast, and PyTorch {theirs} times."


def sizes_words() -> str:
    """What small batches cost, and where the distance is largest."""
    parts = []
    for name, case in kept("sizes")["cases"].items():
        batches = case["batches"]
        few, many = min(batches, key=int), str(case["batch"])
        dear = [
            time(batches[few]) / int(few) / (time(batches[many]) / int(many))
            for time in (own, lambda times: best(times, PLAIN))
        ]
        ratios = [
            best(times, PLAIN) / own(times)
            for times in (*batches.values(), *case["sizes"].values())
        ]
        parts.append(
            f"A step of **{name}** with a single image costs backlit {dear[0]:.1f} times "
            f"what an image costs in a batch of {many}, and PyTorch {dear[1]:.1f} times; over all "
            f"batches and sizes backlit has {reach(ratios)} times PyTorch’s speed."
        )
    return "\n\n".join(parts)


def peers_words() -> str:
    """How many times as long each peer takes."""
    document = kept("peers")
    parts = []
    for name, case in document["cases"].items():
        step = peer_times(case, document["few"])
        torch, numpy, book = (
            shown_times(step[side] / step[OURS]).removesuffix(" ×")
            for side in ("torch", NUMPY, BOOK)
        )
        parts.append(
            f"On **{name}** PyTorch takes {torch} times as long as backlit, the network in "
            f"NumPy {numpy} times, and the book {book} times."
        )
    return f"{' '.join(parts)}"


def _count(number: int) -> str:
    return _COUNTS[number] if number < len(_COUNTS) else str(number)


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
