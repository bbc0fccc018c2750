"""What a training step costs an image: batches and images from small to large."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import peers
from benchmarks.cases import CASES
from benchmarks.traveller import PLAIN, Traveller, check, document, keep, travellers

SIDES = (peers.OURS, *PLAIN)
BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
PIXELS = {"fashion-elu": (14, 28, 56, 112), "resnet20": (16, 32, 64)}  # network: a side
_SECONDS = 0.1  # that a side is timed for in each round, or two steps if they take longer


def run(
    console: Console,
    names: Sequence[str],
    rounds: int,
    threads: int,
    to_keep: bool,
    command: str,
) -> dict[str, Any]:
    """Measure, print, and if asked for keep the numbers for the pages."""
    found = {**document(command, [threads], rounds), "cases": {}}
    with travellers([(side, threads, "") for side in SIDES]) as team:
        for name in names:
            case = CASES[name]
            console.print(f"{name} …")
            found["cases"][name] = {
                "pixels": case.shape[1],  # of the batches
                "batch": case.batch,  # of the sizes
                "batches": {str(n): measure(team, name, rounds, n) for n in BATCHES},
                "sizes": {str(p): measure(team, name, rounds, case.batch, p) for p in PIXELS[name]},
            }
    for name in names:
        console.print(table(found, name))
    if to_keep:
        keep(console, "sizes", found)
    return found


def measure(
    team: Sequence[Traveller], name: str, rounds: int, batch: int, pixels: int | None = None
) -> dict[str, list[float]]:
    """Milliseconds of a step, after all sides have shown the same loss and gradients."""
    for traveller in team:
        traveller.go(name, batch, pixels)
    check(team, CASES[name])
    return peers.times(team, "step", rounds, _SECONDS)


def table(found: dict[str, Any], name: str) -> Table:
    """Milliseconds for an image."""
    case = found["cases"][name]
    heads = ("backlit", *(side.removeprefix("torch.") for side in PLAIN))
    shown = Table("images × size", *heads, "times", title=f"{name}: a training step, ms an image")
    rows = [(int(n), case["pixels"], times) for n, times in case["batches"].items()]
    rows += [(case["batch"], int(p), times) for p, times in case["sizes"].items()]
    for batch, pixels, times in rows:
        own, *theirs = (statistics.median(times[side]) / batch for side in SIDES)
        shown.add_row(
            f"{batch} × {pixels}×{pixels}",
            *(f"{each:.3g}" for each in (own, *theirs)),
            f"{min(theirs) / own:.2f}",
        )
    return shown
