"""How time is taken: alternating rounds, medians and spread, after both sides proved the same."""

from __future__ import annotations

import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

Side = Callable[[], object]


@dataclass(frozen=True)
class Timing:
    """Seconds of one side, one entry for each round."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def spread(self) -> float:
        """Half the distance between the quartiles, as a share of the median."""
        if len(self.seconds) < 2:
            return 0.0
        quartiles = statistics.quantiles(self.seconds, n=4)
        return (quartiles[2] - quartiles[0]) / 2 / self.median


def measure(sides: Mapping[str, Side], rounds: int) -> dict[str, Timing]:
    """Time each side once a round, in turn, so that a busy machine slows all of them alike.

    Every side runs once before, unmeasured.
    """
    for side in sides.values():
        side()
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            start = time.perf_counter()
            side()
            seconds[name].append(time.perf_counter() - start)
    return {name: Timing(tuple(taken)) for name, taken in seconds.items()}


def machine() -> str:
    """What the figures were measured on."""
    return (
        f"Python {platform.python_version()}, NumPy {np.__version__}, {sys.platform}, {processor()}"
    )


def processor() -> str:
    """The processor's name where the system tells it."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        text = ""
    names = [ln.split(":", 1)[1].strip() for ln in text.splitlines() if ln.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
