"""One side of a comparison in a process of its own, told by lines of JSON what to do.

``python -m benchmarks.worker backlit.fast lenet 64`` answers each line with a line:

    {"do": "gradients", "to": FILE}    the loss, and the gradients in a file
    {"do": "predict"}                  the scores' sum, to show that they are finite and the same
    {"do": "time", "what": "step" or "predict", "for": SECONDS}     milliseconds each
    {"do": "first"}                    true, after a first step
    {"do": "memory"}                   peak memory in MiB
    {"do": "matrix product"}           multiply-adds a second of NumPy, 1024×1024

A side waits without using the processor while the other is timed.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.cases import CASES


def main(name: str, case_name: str, batch: int) -> None:
    """Serve until the input ends."""
    kind, _, way = name.partition(".")
    case = CASES[case_name]
    side = import_module(f"benchmarks.{kind}_side").Side(case, way)
    side.load(parameters(case_name), *examples(case.shape, batch))
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(answer(side, request)), flush=True)


def parameters(case_name: str) -> dict[str, Any]:
    """The weights that all sides start from."""
    import backlit as bl

    case = CASES[case_name]
    net = bl.Network(case.shape, case.layers(), engine="pure", seed=1)
    return {name: array.astype(np.float32) for name, array in net.parameters.items()}


def examples(shape: tuple[int, ...], count: int) -> tuple[Any, Any]:
    """Images and labels that all sides see."""
    random = np.random.default_rng(0)
    images = random.standard_normal((count, *shape)).astype(np.float32)
    return images, random.integers(0, 10, count)


def answer(side: Any, request: dict[str, Any]) -> Any:
    """What a side answers to a request."""
    match request["do"]:
        case "gradients":
            loss, gradients = side.gradients()
            np.savez(Path(request["to"]), **gradients)
            return loss
        case "first":
            side.step()
            return True
        case "predict":
            return float(np.abs(side.predict()).sum())
        case "time":
            return _time(getattr(side, request["what"]), request["for"])
        case "memory":
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        case "matrix product":
            return _matrix_product()
    raise ValueError(request)


def _matrix_product() -> float:
    a, b = (np.random.default_rng(k).standard_normal((1024, 1024), np.float32) for k in range(2))
    best = float("inf")
    for _ in range(30):
        start = time.perf_counter()
        a @ b
        best = min(best, time.perf_counter() - start)
    return 1024**3 / best


def _time(action: Any, seconds: float) -> float:
    """Milliseconds for each: at least twice, for about so many seconds."""
    action()
    start = time.perf_counter()
    count = 0
    while count < 2 or time.perf_counter() - start < seconds:
        action()
        count += 1
    return (time.perf_counter() - start) / count * 1e3


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
