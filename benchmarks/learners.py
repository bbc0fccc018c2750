"""What a learner meets: loops in Python, a convolutional network in NumPy, PyTorch, and backlit."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import peers
from benchmarks.cases import CASES
from benchmarks.traveller import PLAIN, check, document, keep, travellers

CASE_NAMES = ("lenet", "fashion-elu")
BOOK, NUMPY = "backlit.pure", "numpy"
FEW = 2  # images that the book is timed with; its time for a batch is that many times as long
SIDES = (peers.OURS, *PLAIN, NUMPY)
_SECONDS = 0.3  # that a side is timed for in each round, or two steps if they take longer


def run(
    console: Console,
    names: Sequence[str],
    rounds: int,
    threads: int,
    to_keep: bool,
    command: str,
) -> dict[str, Any]:
    """Measure, print, and if asked for keep the numbers for the pages."""
    found = {**document(command, [threads], rounds), "few": FEW, "cases": {}}
    with travellers([(side, threads, "") for side in (*SIDES, BOOK)]) as team:
        for name in names:
            console.print(f"{name} …")
            for traveller in team:
                traveller.go(name, FEW)
            check(team, CASES[name])
            book = peers.times(team[-1:], "step", rounds, _SECONDS)
            for traveller in team[:-1]:
                traveller.go(name, CASES[name].batch)
            check(team[:-1], CASES[name])
            step = peers.times(team[:-1], "step", rounds, _SECONDS)
            found["cases"][name] = {"batch": CASES[name].batch, "step": step, "few": book}
    console.print(table(found))
    if to_keep:
        keep(console, "peers", found)
    return found


def milliseconds(case: dict[str, Any], few: int) -> dict[str, float]:
    """Of a step by side; the book's from a few images to the whole batch."""
    found = {side: statistics.median(times) for side, times in case["step"].items()}
    return {**found, BOOK: statistics.median(case["few"][BOOK]) * case["batch"] / few}


def table(found: dict[str, Any]) -> Table:
    """Milliseconds a step, and how many times backlit's."""
    title = f"A training step, ms (the book: from {found['few']} images to the batch)"
    shown = Table("network", "batch", "side", "ms", "times backlit's", title=title)
    for name, case in found["cases"].items():
        every = milliseconds(case, found["few"])
        for side, each in sorted(every.items(), key=lambda pair: pair[1]):
            times = f"{each / every[peers.OURS]:,.1f}"
            shown.add_row(name, str(case["batch"]), side, f"{each:,.2f}", times)
    return shown
