"""From one thread to two: a training step of every case, backlit's and PyTorch's."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import peers
from benchmarks.cases import CASES
from benchmarks.traveller import PLAIN, Traveller, check, document, keep, travellers

THREADS = (1, 2)
_SECONDS = 0.15  # that a side is timed for in each round


def run(
    console: Console, names: Sequence[str], rounds: int, to_keep: bool, command: str
) -> dict[str, Any]:
    """Measure, print, and if asked for keep the numbers for the pages."""
    found = {**document(command, THREADS, rounds), "cases": {}}
    wanted = [
        (side, threads, f"{threads} {side}")
        for side in (peers.OURS, *PLAIN)
        for threads in THREADS
    ]  # fmt: skip
    with travellers(wanted) as team:
        for name in names:
            console.print(f"{name} …")
            found["cases"][name] = measure(team, name, rounds)
    console.print(table(found))
    if to_keep:
        keep(console, "scaling", found)
    return found


def measure(team: Sequence[Traveller], name: str, rounds: int) -> dict[str, Any]:
    """Milliseconds of a step, by the number of threads and the side, in rounds."""
    for traveller in team:
        traveller.go(name, CASES[name].batch)
    check(team, CASES[name])
    step: dict[str, dict[str, list[float]]] = {str(threads): {} for threads in THREADS}
    for key, times in peers.times(team, "step", rounds, _SECONDS).items():
        threads, side = key.split()
        step[threads][side] = times
    return {"batch": CASES[name].batch, "step": step}


def table(found: dict[str, Any]) -> Table:
    """Milliseconds with one thread and with two, and how many times as fast."""
    shown = Table(
        *("network", "backlit, 1 thread", "2", "times", "PyTorch, 1 thread", "2", "times"),
        title="A training step, ms: with one thread and with two, PyTorch's better layout",
    )
    for name, case in found["cases"].items():
        row = []
        for sides in ((peers.OURS,), PLAIN):
            one, two = (
                min(statistics.median(case["step"][str(threads)][side]) for side in sides)
                for threads in THREADS
            )
            row += [f"{one:.2f}", f"{two:.2f}", f"{one / two:.2f}"]
        shown.add_row(name, *row)
    return shown
