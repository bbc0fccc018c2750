"""backlit beside PyTorch: whole networks, a process for each side, in turn."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

import backlit as bl
from benchmarks.cases import Case

OURS = "backlit.fast"
FLOAT32 = ("torch.contiguous", "torch.channels_last", "torch.compiled")
HALF = "torch.bfloat16"
AS_INSTALLED = ".installed"  # behind a side's name: without what most people never set, see below
INSTALLED = tuple(f"{side}{AS_INSTALLED}" for side in FLOAT32[:2])
SIDES = (OURS, *FLOAT32, HALF, *INSTALLED)
TOLERANCE = 1e-2  # of losses and scores; the tests prove closer bounds
# Left to itself, the C library gives large arrays back to the system and asks for them again in
# every step; PyTorch, which makes new arrays for everything, is up to twice as fast if it does not.
_KEEP_MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": "1000000000",
    "MALLOC_TRIM_THRESHOLD_": "1000000000",
    "MALLOC_TOP_PAD_": "67108864",
}
_ROUGH = 0.2  # of bfloat16, whose numbers have eight bits


class Worker:
    """A side in a process of its own; see :mod:`benchmarks.worker`."""

    def __init__(self, side: str, case: str, batch: int, threads: int) -> None:
        self.side = side
        arguments = ["benchmarks.worker", side.removesuffix(AS_INSTALLED), case, str(batch)]
        kept = not side.endswith(AS_INSTALLED)
        self._process = start(arguments, threads, subprocess.DEVNULL, keep_memory=kept)

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def ask(self, do: str, **what: Any) -> Any:
        """The answer to one request; None if the process has ended instead."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps({"do": do, **what}) + "\n")
            process.stdin.flush()
        except BrokenPipeError:
            return None
        line = process.stdout.readline()
        return json.loads(line) if line else None


def start(
    module: Sequence[str], threads: int, errors: Any, keep_memory: bool = True
) -> subprocess.Popen[str]:
    """A process that runs a module, with its arguments, on so many threads and processors."""
    names = ("BACKLIT_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return subprocess.Popen(
        [sys.executable, "-m", *module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        env={
            **{name: value for name, value in os.environ.items() if name not in _KEEP_MEMORY},
            **dict.fromkeys(names, str(threads)),
            **(_KEEP_MEMORY if keep_memory else {}),
        },
        preexec_fn=lambda: _pin(threads),
    )


def _pin(threads: int) -> None:
    """All sides on the same processors, as many as there are threads."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


@contextmanager
def workers(
    case: str, sides: Sequence[str], batch: int, threads: int
) -> Iterator[tuple[list[Worker], dict[str, float]]]:
    """A worker for each side that can compute the case, and the seconds to the end of a first step.

    A side may not be able to: ``torch.compile`` needs a compiler of C++.
    """
    with ExitStack() as stack:
        able, first = [], {}
        for side in sides:  # one after the other, so that starting disturbs nobody
            start = time.perf_counter()
            worker = Worker(side, case, batch, threads)
            stack.callback(worker.close)
            done = worker.ask("first")
            if done is None and side in (OURS, FLOAT32[0]):
                raise SystemExit(f"{side} cannot compute {case}")
            if done is not None:
                able.append(worker)
                first[side] = time.perf_counter() - start
        yield able, first


def times(team: Sequence[Worker], what: str, rounds: int, seconds: float) -> dict[str, list[float]]:
    """Milliseconds of each side in each round; one more round, the first, is not counted."""
    found: dict[str, list[float]] = {worker.side: [] for worker in team}
    for count in range(rounds + 1):
        for worker in team:
            taken = worker.ask("time", what=what, **{"for": seconds})
            if count:
                found[worker.side].append(taken)
    return found


def gradient_bound(case: Case) -> float:
    """How far gradients may be from each other: ‖difference‖/‖gradient‖, over all parameters.

    A ReLU whose input is nearer to 0 than rounding can tell may stand the other way.  That happens
    to some 2⁻¹⁶ of them, and moves the gradient by the root of that share, once for each layer of
    them; PyTorch's two layouts are as far from each other.
    """
    kinks = sum(isinstance(layer, bl.ReLU) for layer in case.layers())
    return max(TOLERANCE, math.sqrt(kinks * 2.0**-16))


def check_step(team: Sequence[Worker], case: Case) -> None:
    """All sides have the same loss and gradients; bfloat16 only roughly."""
    with tempfile.TemporaryDirectory() as folder:
        losses, gradients = [], []
        for worker in team:
            file = Path(folder) / f"{worker.side}.npz"
            losses.append(worker.ask("gradients", to=str(file)))
            gradients.append(dict(np.load(file)))
    length = _norm(gradients[0])
    for worker, loss, own in zip(team, losses, gradients, strict=True):
        rough = _ROUGH if worker.side == HALF else TOLERANCE
        if not abs(loss - losses[0]) <= rough * abs(losses[0]):
            raise SystemExit(f"{worker.side} has the loss {loss} for {losses[0]}")
        off = _norm({name: own[name] - each for name, each in gradients[0].items()}) / length
        if not off <= (1 if worker.side == HALF else gradient_bound(case)):
            raise SystemExit(f"{worker.side}: the gradients are {off:.1e} off")


def check_scores(team: Sequence[Worker]) -> None:
    """All sides have the same sum of scores."""
    sums = [worker.ask("predict") for worker in team]
    for worker, found in zip(team, sums, strict=True):
        rough = _ROUGH if worker.side == HALF else TOLERANCE
        if not abs(found - sums[0]) <= rough * abs(sums[0]):
            raise SystemExit(f"{worker.side} computes other scores: {found} for {sums[0]}")


def _norm(arrays: dict[str, Any]) -> float:
    return float(
        np.sqrt(sum(np.square(array, dtype=np.float64).sum() for array in arrays.values()))
    )
