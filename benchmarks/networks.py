"""Whole networks beside PyTorch: training steps, inference, memory, the time to compile."""

from __future__ import annotations

import json
import os
import statistics
import tempfile
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

import backlit as bl
from benchmarks import peers
from benchmarks.cases import CASES
from benchmarks.measure import machine

RESULTS = Path(__file__).resolve().parent.parent / "docs" / "measured" / "networks.json"
PREDICTED = (1, 64, 1000)  # images at once
_PREDICTING = (peers.OURS, "torch.contiguous", "torch.channels_last")
_SECONDS = 0.4  # that a side is timed for in each round


def run(
    console: Console, names: Sequence[str], rounds: int, threads: int, keep: bool, command: str
) -> None:
    """Measure cases, print the tables, and if asked for keep the numbers for the pages."""
    document: dict[str, Any] = {
        "command": command,
        "date": date.today().isoformat(),
        "machine": machine(),
        "versions": {name: version(name) for name in ("numpy", "numba", "torch")},
        "threads": threads,
        "rounds": rounds,
        "matrix_product": matrix_product(threads),
        "cases": {},
    }
    for name in names:
        console.print(f"{name} …")
        with tempfile.TemporaryDirectory() as cache:
            os.environ["BACKLIT_CACHE"] = cache  # empty, so that the time to compile is seen
            document["cases"][name] = measure(name, rounds, threads)
    console.print(steps_table(document))
    console.print(predictions_table(document))
    console.print(costs_table(document))
    if keep:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(f"{json.dumps(document, indent=1)}\n", encoding="utf-8")
        console.print(f"kept in {RESULTS}")


def measure(name: str, rounds: int, threads: int) -> dict[str, Any]:
    """Everything about one case."""
    case = CASES[name]
    with peers.workers(name, peers.SIDES, case.batch, threads) as (team, first):
        peers.check_step(team, case)
        step = peers.times(team, "step", rounds, _SECONDS)
        memory = {worker.side: worker.ask("memory") for worker in team}
    predict = {}
    for batch in PREDICTED:
        with peers.workers(name, _PREDICTING, batch, threads) as (team, _):
            peers.check_scores(team)
            predict[str(batch)] = peers.times(team, "predict", rounds, _SECONDS)
    with peers.workers(name, [peers.OURS], case.batch, threads) as (_, warm):
        pass
    return {
        "batch": case.batch,
        "goal": case.goal,
        "multiply_adds": bl.Network(case.shape, case.layers(), "pure").summary().multiply_adds,
        "step": step,
        "predict": predict,
        "memory": memory,
        "first": first,
        "first_again": warm[peers.OURS],
    }


def matrix_product(threads: int) -> float:
    """Multiply-adds a second that this machine's matrix product does."""
    worker = peers.Worker(peers.OURS, "lenet", 1, threads)
    try:
        found: float = worker.ask("matrix product")
        return found
    finally:
        worker.close()


def median(case: dict[str, Any], what: str, side: str) -> float | None:
    """Milliseconds; None if the side could not compute the case."""
    found = case["step"] if what == "step" else case["predict"][what]
    return statistics.median(found[side]) if side in found else None


def best_of_torch(case: dict[str, Any], what: str, sides: Sequence[str] = peers.FLOAT32) -> float:
    """Milliseconds of PyTorch's best way in float32."""
    found = [median(case, what, side) for side in sides]
    return min(each for each in found if each is not None)


def spread(case: dict[str, Any], side: str) -> float:
    """Half the distance between the quartiles, as a share of the median."""
    values: list[float] = case["step"][side]
    low, _, high = statistics.quantiles(values, n=4)
    return (high - low) / 2 / statistics.median(values)


def share(document: dict[str, Any], case: dict[str, Any]) -> float:
    """Multiply-adds of a step, about three times those forward, of what a matrix product does."""
    seconds = (median(case, "step", peers.OURS) or 0) / 1e3
    work: float = 3 * case["multiply_adds"] * case["batch"]
    return work / seconds / float(document["matrix_product"])


def _milliseconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def steps_table(document: dict[str, Any]) -> Table:
    """Milliseconds a training step."""
    ways = [side.removeprefix("torch.") for side in peers.FLOAT32]
    table = Table(
        *("network", "batch", "backlit", "±"), *ways, "times", "goal", "bfloat16", "as installed",
        title="A training step, ms: backlit and PyTorch (its ways in float32; bfloat16)",
    )  # fmt: skip
    for name, case in document["cases"].items():
        own = median(case, "step", peers.OURS)
        assert own is not None
        table.add_row(
            name, str(case["batch"]), f"{own:.2f}", f"{spread(case, peers.OURS):.0%}",
            *(_milliseconds(median(case, "step", side)) for side in peers.FLOAT32),
            f"{best_of_torch(case, 'step') / own:.2f}", f"{case['goal']:.1f}",
            _milliseconds(median(case, "step", peers.HALF)),
            _milliseconds(best_of_torch(case, "step", peers.INSTALLED)),
        )  # fmt: skip
    return table


def predictions_table(document: dict[str, Any]) -> Table:
    """Milliseconds for 1, 64 and 1000 images."""
    heads = [f"{batch} {who}" for batch in PREDICTED for who in ("backlit", "PyTorch", "times")]
    table = Table("network", *heads, title="Inference, ms: backlit and PyTorch's best in float32")
    for name, case in document["cases"].items():
        row = []
        for batch in map(str, PREDICTED):
            own, best = median(case, batch, peers.OURS), best_of_torch(case, batch)
            assert own is not None
            row += [_milliseconds(own), _milliseconds(best), f"{best / own:.1f}"]
        table.add_row(name, *row)
    return table


def costs_table(document: dict[str, Any]) -> Table:
    """What else a case costs."""
    table = Table(
        *("network", "share of a matrix product's speed", "MiB, backlit", "MiB, PyTorch"),
        *("s to a first step", "again", "PyTorch", "compiled"),
        title="What it costs: peak memory, seconds from starting Python to the end of a first step",
    )
    for name, case in document["cases"].items():
        memory, first = case["memory"], case["first"]
        compiled = first.get("torch.compiled")
        table.add_row(
            name, f"{share(document, case):.0%}", f"{memory[peers.OURS]:.0f}",
            f"{memory[peers.FLOAT32[0]]:.0f}", f"{first[peers.OURS]:.1f}",
            f"{case['first_again']:.1f}", f"{first[peers.FLOAT32[0]]:.1f}",
            "–" if compiled is None else f"{compiled:.1f}",
        )  # fmt: skip
    return table
