"""How the learning rate changes, as formulas that every language understands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import floor
from typing import Any

from .description import Description

KINDS = ("ConstantRate", "StepDecay", "CosineDecay", "OneCycle", "WarmUp")
"""The schedules that can be written, by the names in their configurations."""


def can_follow(config: Mapping[str, Any]) -> bool:
    """Whether a schedule of this configuration can be written as formulas."""
    return config["schedule"] in KINDS and ("then" not in config or can_follow(config["then"]))


@dataclass(frozen=True)
class RateStretch:
    """A stretch of a training.

    Attributes:
        end: the step after its last one, counted from 0.
        factor: what the learning rate is multiplied with in step t, in arithmetic that Python, C
            and JavaScript share, with the letters ``t`` and ``pi`` and the function ``cos``.
    """

    end: int
    factor: str


def steps(description: Description) -> int:
    """How many steps the program's training has: a tenth of the pictures is kept apart."""
    rule, count = description.rule, len(description.examples)
    assert rule is not None
    learned = count - -(-count // 10)
    return rule.epochs * max(1, -(-learned // rule.batch))


def stretches(description: Description) -> list[RateStretch]:
    """How the learning rate changes, stretch by stretch; nothing if it stays the same."""
    rule = description.rule
    if rule is None or not rule.schedule:
        return []
    found: list[RateStretch] = []
    for stretch in _stretches(rule.schedule, 0, steps(description)):
        if stretch.end > (found[-1].end if found else 0):
            found.append(stretch)
    return [] if all(stretch.factor == "1" for stretch in found) else found


def returned(stretch: RateStretch, end: str = "") -> str:
    """What a function returns in a stretch, in two lines if it is long."""
    line = f"return RATE * ({stretch.factor}){end}"
    return line if len(line) < 64 else line.replace(" * (1 + cos", "\n        * (1 + cos")


def _stretches(config: Mapping[str, Any], first: int, total: int) -> Iterator[RateStretch]:
    """Those of a schedule over so many steps, of which the first is given."""
    t = f"(t - {first})" if first else "t"
    match config["schedule"]:
        case "ConstantRate":
            yield RateStretch(first + total, "1")
        case "StepDecay":
            gamma, milestones = config["gamma"], config["milestones"]
            for reached, share in enumerate([*milestones, 1.0]):
                yield RateStretch(first + round(share * total), _number(gamma**reached))
        case "CosineDecay":
            yield RateStretch(first + total, _cosine(1.0, config["floor"], f"{t} / {total}"))
        case "OneCycle":
            start = 1 / config["start_divisor"]
            peak = max(config["rise"] * total - 1, 0.0)
            rise = _cosine(start, 1.0, f"{t} / {_number(peak)}") if peak else "1"
            yield RateStretch(first + floor(peak) + 1, rise)
            fall = f"(t - {_number(first + peak)}) / {_number(total - 1 - peak)}"
            yield RateStretch(first + total, _cosine(1.0, start / config["end_divisor"], fall))
        case "WarmUp":
            warm, start = round(config["share"] * total), config["start"]
            slope = f"{_number(1 - start)} * {t} / {warm}"
            yield RateStretch(first + warm, f"{_number(start)} + {slope}")
            yield from _stretches(config["then"], first + warm, total - warm)


def _cosine(start: float, end: float, share: str) -> str:
    """Half a cosine wave from one number to another."""
    wave = f"(1 + cos(pi * {share})) / 2"
    wave = wave if start - end == 1 else f"{_number(start - end)} * {wave}"
    return f"{_number(end)} + {wave}" if end else wave


def _number(value: float) -> str:
    return repr(int(value)) if value == int(value) else repr(value)
