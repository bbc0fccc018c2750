"""backlit beside PyTorch: whole networks, a process for each side, in turn."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from benchmarks.cases import CASES

OURS = "backlit.fast"
FLOAT32 = ("torch.contiguous", "torch.channels_last")
HALF = "torch.bfloat16"
COMPILED = "torch.compiled"
# A rounding may switch one ReLU of many, on any side, and all gradients below it move a little; the
# tests prove closer bounds, layer by layer.
TOLERANCE = 1e-2  # ‖difference‖/‖gradient‖, over all parameters


class Worker:
    """A side in a process of its own; see :mod:`benchmarks.worker`."""

    def __init__(self, side: str, case: str, batch: int, threads: int) -> None:
        self.side = side
        environment = {"BACKLIT_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", side, case, str(batch)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
            preexec_fn=lambda: _pin(threads),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def ask(self, do: str, **what: Any) -> Any:
        """The answer to one request."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"do": do, **what}) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"the side {self.side} has ended")
        return json.loads(line)


def _pin(threads: int) -> None:
    """All sides on the same processors, as many as there are threads."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


def compare(
    case: str,
    sides: Sequence[str],
    batch: int,
    threads: int,
    rounds: int,
    what: str,
    seconds: float,
) -> dict[str, list[float]]:
    """Milliseconds of each side in each round, after all have computed the same."""
    workers = [Worker(side, case, batch, threads) for side in sides]
    try:
        check(workers, what)
        times: dict[str, list[float]] = {side: [] for side in sides}
        for worker in workers:
            worker.ask("time", what=what, **{"for": seconds})
        for _ in range(rounds):
            for worker in workers:
                times[worker.side].append(worker.ask("time", what=what, **{"for": seconds}))
        return times
    finally:
        for worker in workers:
            worker.__exit__(None, None, None)


def check(workers: Sequence[Worker], what: str) -> None:
    """All sides have the same loss and gradients, or the same scores; bfloat16 only roughly."""
    if what == "predict":
        sums = [worker.ask("predict") for worker in workers]
        for worker, sum_ in zip(workers, sums, strict=True):
            rough = 0.1 if worker.side == HALF else TOLERANCE
            if not abs(sum_ - sums[0]) <= rough * abs(sums[0]):
                raise SystemExit(f"{worker.side} computes other scores: {sum_} for {sums[0]}")
        return
    with tempfile.TemporaryDirectory() as folder:
        losses, gradients = [], []
        for worker in workers:
            file = Path(folder) / f"{worker.side}.npz"
            losses.append(worker.ask("gradients", to=str(file)))
            gradients.append(dict(np.load(file)))
    length = _norm(gradients[0])
    for worker, loss, own in zip(workers, losses, gradients, strict=True):
        rough = 0.2 if worker.side == HALF else TOLERANCE
        if not abs(loss - losses[0]) <= rough * abs(losses[0]):
            raise SystemExit(f"{worker.side} has the loss {loss} for {losses[0]}")
        off = _norm({name: own[name] - each for name, each in gradients[0].items()}) / length
        if not off <= (1 if worker.side == HALF else TOLERANCE):
            raise SystemExit(f"{worker.side}: the gradients are {off:.1e} off")


def _norm(arrays: dict[str, Any]) -> float:
    return float(
        np.sqrt(sum(np.square(array, dtype=np.float64).sum() for array in arrays.values()))
    )


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


if __name__ == "__main__":
    for name in sys.argv[1:] or CASES:
        result = compare(name, [OURS, *FLOAT32], CASES[name].batch, 2, 5, "step", 0.4)
        times = {side: median(values) for side, values in result.items()}
        best = min(times[side] for side in FLOAT32)
        shown = "  ".join(f"{side} {each:.2f}" for side, each in times.items())
        print(
            f"{name}: {shown}  ratio {best / times[OURS]:.2f}, goal {CASES[name].goal}", flush=True
        )
