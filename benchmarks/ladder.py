"""One convolution, from the book's loops to the last kernel: what each step brings."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

import backlit as bl
from backlit.engines.fast.plan.builder import PlanPurpose
from backlit.engines.fast.plan.collecting import collect
from backlit.engines.fast.plan.outcome import public
from backlit.engines.fast.plan.running import Runner
from backlit.engines.fast.threads import Team
from backlit.engines.pure import walks
from benchmarks.measure import machine

RESULTS = Path(__file__).resolve().parent.parent / "docs" / "measured" / "ladder.json"
Array = NDArray[np.float32]
IMAGES, CHANNELS, SIDE, FILTERS = 64, 32, 13, 64  # the second convolution of "fashion-elu"
_ROUNDS, _SECONDS = 7, 0.2


def run(console: Console, keep: bool) -> None:
    """Check that every rung computes the same, time them in turn, and print the ladder."""
    random = np.random.default_rng(0)
    x = random.standard_normal((IMAGES, CHANNELS, SIDE, SIDE), np.float32)
    w = (random.standard_normal((FILTERS, CHANNELS, 3, 3)) / 17).astype(np.float32)
    rungs = ladder(x, w)
    true = _public(windows_as_rows(x.astype(np.float64), w.astype(np.float64)))
    for name, rung in rungs.items():
        found = rung.result(rung.work())
        # Sums of 288 products, Winograd's with three bits less.
        if not np.abs(found - true[: len(found)]).max() <= 2.0**-17 * np.abs(true).max():
            raise SystemExit(f"{name} computes something else")
    seconds = measure(rungs)
    document = {
        "command": "python3 dev.py bench ladder",
        "date": date.today().isoformat(),
        "machine": machine(),
        "multiply_adds": IMAGES * FILTERS * CHANNELS * 9 * (SIDE - 2) ** 2,
        "rungs": seconds,
    }
    console.print(table(document))
    if keep:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(f"{json.dumps(document, indent=1)}\n", encoding="utf-8")
        console.print(f"kept in {RESULTS}")


class Rung(NamedTuple):
    """One way to do it.

    Attributes:
        work: what is timed.
        result: makes the public array, (N, O, OH, OW), of what the work gave back.
        images: how many it works on.
    """

    work: Callable[[], Any]
    result: Callable[[Any], NDArray[Any]] = np.asarray
    images: int = IMAGES


def measure(rungs: dict[str, Rung]) -> dict[str, float]:
    """Seconds for all images: of each rung the median of rounds that alternate."""
    taken: dict[str, list[float]] = {name: [] for name in rungs}
    for _ in range(_ROUNDS):
        for name, rung in rungs.items():
            start, count = time.perf_counter(), 0
            while not count or time.perf_counter() - start < _SECONDS:
                rung.work()
                count += 1
            each = (time.perf_counter() - start) / count
            taken[name].append(each * IMAGES / rung.images)
    return {name: float(np.median(each)) for name, each in taken.items()}


def ladder(x: Array, w: Array) -> dict[str, Rung]:
    """The rungs by name; the first works on a single image, since it takes so long."""
    one, filters = x[:1].tolist(), w.tolist()
    last, packed = _channels_last(x), np.ascontiguousarray(w.transpose(2, 3, 1, 0))
    rungs = {
        "plain Python: the pure engine's walk over lists": Rung(
            lambda: walks.conv2d_forward(one, filters, None), images=1
        ),
        "the seven loops, compiled": Rung(lambda: seven_loops(x, w)),
        "channels last, filters innermost": Rung(lambda: filters_innermost(last, packed), _public),
        "NumPy: windows as rows (im2col), one matrix product": Rung(
            lambda: windows_as_rows(x, w), _public
        ),
    }
    for lanes in (4, 8, 16):
        name = f"tiles in registers, vectors of {lanes}"
        rungs[name] = _engine(x, w, lanes, threads=1, direct=True)
    rungs["Winograd's F(4×4, 3×3)"] = _engine(x, w, 16, threads=1, direct=False)
    rungs["two threads"] = _engine(x, w, 16, threads=2, direct=False)
    return rungs


@njit  # type: ignore[untyped-decorator]
def seven_loops(x: Array, w: Array) -> Array:
    """The equation letter by letter."""
    images, channels, height, width = x.shape
    filters, _, tall, wide = w.shape
    y = np.zeros((images, filters, height - tall + 1, width - wide + 1), np.float32)
    for n in range(images):
        for o in range(filters):
            for i in range(y.shape[2]):
                for j in range(y.shape[3]):
                    for c in range(channels):
                        for u in range(tall):
                            for v in range(wide):
                                y[n, o, i, j] += w[o, c, u, v] * x[n, c, i + u, j + v]
    return y


@njit  # type: ignore[untyped-decorator]
def filters_innermost(x: Array, w: Array) -> Array:
    """One input meets a row of weights: neighbours in memory, which a compiler makes vectors of."""
    images, height, width, channels = x.shape
    tall, wide, _, filters = w.shape
    y = np.zeros((images, height - tall + 1, width - wide + 1, filters), np.float32)
    for n in range(images):
        for i in range(y.shape[1]):
            for j in range(y.shape[2]):
                for u in range(tall):
                    for v in range(wide):
                        for c in range(channels):
                            one = x[n, i + u, j + v, c]
                            for o in range(filters):
                                y[n, i, j, o] += w[u, v, c, o] * one
    return y


def windows_as_rows(x: NDArray[Any], w: NDArray[Any]) -> NDArray[Any]:
    """Every window as a row of a matrix, times the matrix of filters; channels last."""
    windows = sliding_window_view(x, w.shape[2:], (2, 3)).transpose(0, 2, 3, 1, 4, 5)
    images, height, width = windows.shape[:3]
    rows = windows.reshape(images * height * width, -1)
    found: NDArray[Any] = (rows @ w.reshape(len(w), -1).T).reshape(images, height, width, -1)
    return found


def _engine(x: Array, w: Array, lanes: int, threads: int, direct: bool) -> Rung:
    """The fast engine, which also turns the images to channels last; ``direct``: no Winograd."""
    net = bl.Network(x.shape[1:], [bl.Conv2d(FILTERS, 3, bias=False)], engine="pure")
    purpose = PlanPurpose(training=False, gradients=False, everything=direct)
    builder = collect(net.graph, purpose, lanes, threads)
    runner = Runner(builder.plan(), Team(threads), 8, IMAGES)
    outside = {"images": x, "conv1.weight": w}

    value = builder.values["conv1"]
    return Rung(lambda: runner.run(IMAGES, outside), lambda _: public(runner, value, outside))


def _channels_last(x: NDArray[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(x.transpose(0, 2, 3, 1))


def _public(y: NDArray[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(y.transpose(0, 3, 1, 2))


def table(document: dict[str, Any]) -> Table:
    """A line for each rung, with its gain over the one before."""
    title = f"Convolution 3×3, {CHANNELS} to {FILTERS} channels, {SIDE}×{SIDE}, {IMAGES} images"
    found = Table("step", "ms", "times the one before", "multiply-adds a ns", title=title)
    before = None
    for name, seconds in document["rungs"].items():
        gain = "" if before is None else f"{before / seconds:.1f}"
        speed = document["multiply_adds"] / seconds / 1e9
        found.add_row(name, f"{seconds * 1e3:,.2f}", gain, f"{speed:.2g}")
        before = seconds
    return found


if __name__ == "__main__":
    run(Console(), keep="--keep" in sys.argv)
