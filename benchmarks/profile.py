"""Where the time of a training step goes: every step of the plan alone, on one thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

import backlit as bl
from backlit.engines.fast.plan.builder import PlanPurpose
from backlit.engines.fast.plan.collecting import collect
from backlit.engines.fast.plan.running import Runner
from backlit.engines.fast.simd.lanes import lanes
from backlit.engines.fast.threads import Team
from benchmarks.cases import CASES
from benchmarks.worker import examples, parameters

_ROUNDS = 20


def run(console: Console, name: str) -> None:
    """Print the steps of a case's training pass, the longest first."""
    found = times(name)
    total = sum(found.values())
    table = Table("step", "kernel", "ms", "share", title=f"{name}: {total:.2f} ms on one thread")
    for (title, kernel), taken in sorted(found.items(), key=lambda each: -each[1]):
        table.add_row(title, kernel, f"{taken:.3f}", f"{taken / total:.1%}")
    console.print(table)


def times(name: str) -> dict[tuple[str, str], float]:
    """Milliseconds of each step for the whole batch, the best of some rounds."""
    case = CASES[name]
    graph = bl.Network(case.shape, case.layers(), engine="pure").graph
    plan = collect(graph, PlanPurpose(training=True, gradients=True), lanes(), threads=1).plan()
    runner = Runner(plan, Team(1), 8, case.batch)
    external = _external(name)
    runner.run(case.batch, external)
    found: dict[tuple[str, str], float] = {}
    for phase in plan.phases:
        for step in phase.steps:
            key = step.title, step.kernel.writer
            work = runner.alone(phase, step, case.batch, external)
            found[key] = found.get(key, 0.0) + _best(work)
    return found


def _best(work: Callable[[], None]) -> float:
    best = float("inf")
    for _ in range(_ROUNDS):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best * 1e3


def _external(name: str) -> dict[str, Any]:
    case = CASES[name]
    own = parameters(name)
    images, labels = examples(case.shape, case.batch)
    net = bl.Network(case.shape, case.layers(), engine="pure")
    return {
        **own,
        **{f"{key}.gradient": np.zeros_like(array) for key, array in own.items()},
        **{key: array.astype(np.float32) for key, array in net.buffers.items()},
        "images": images,
        "labels": labels.astype(np.int64),
        "losses": np.zeros(case.batch, np.float32),
        "share": np.array([1 / case.batch], np.float32),
    }
