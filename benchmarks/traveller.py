"""A side in a process of its own that goes from case to case: starting one takes seconds.

``python -m benchmarks.traveller torch.contiguous`` answers like :mod:`benchmarks.worker`, after

    {"do": "go", "case": NAME, "pixels": SIDE, "batch": IMAGES}     true, after a first step there
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

import backlit as bl
from benchmarks import peers, worker
from benchmarks.cases import CASES, Case
from benchmarks.measure import machine

MEASURED = Path(__file__).resolve().parent.parent / "docs" / "measured"
PLAIN = ("torch.contiguous", "torch.channels_last")  # PyTorch without compiling


class Traveller(peers.Worker):
    """The process, seen from outside; it is called ``side``, or ``name`` if there are several."""

    def __init__(self, side: str, threads: int, name: str = "") -> None:
        self.side = name or side
        self._said = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        self._process = peers.start(["benchmarks.traveller", side], threads, self._said)

    def go(self, case: str, batch: int, pixels: int | None = None) -> None:
        """Be at a case, with so many images, in another size if ``pixels`` says so."""
        if not self.ask("go", case=case, batch=batch, pixels=pixels):
            what = f"{self.side} cannot compute {case} with {batch} images"
            self._said.seek(0)
            why = self._said.read().strip().splitlines()
            raise SystemExit(f"{what}: {why[-1]}" if why else what)

    def close(self) -> None:
        """End the process."""
        super().close()
        self._said.close()


@contextmanager
def travellers(wanted: Sequence[tuple[str, int, str]]) -> Iterator[list[Traveller]]:
    """Processes as (side, threads, name), until the block ends."""
    with ExitStack() as stack:
        team = []
        for side, threads, name in wanted:
            team.append(Traveller(side, threads, name))
            stack.callback(team[-1].close)
        yield team


def check(team: Sequence[Traveller], case: Case) -> None:
    """All sides have the same loss and gradients."""
    bound = peers.gradient_bound(case)
    true_loss, true = 0.0, np.zeros(0)
    with tempfile.TemporaryDirectory() as folder:
        for traveller in team:
            file = Path(folder) / "gradients.npz"
            loss = traveller.ask("gradients", to=str(file))
            arrays = dict(np.load(file))
            found = np.concatenate([arrays[name].ravel() for name in sorted(arrays)], dtype=float)
            if not true.size:
                true_loss, true = loss, found
            if not abs(loss - true_loss) <= peers.TOLERANCE * abs(true_loss):
                raise SystemExit(f"{traveller.side} has the loss {loss} for {true_loss}")
            off = float(np.linalg.norm(found - true) / np.linalg.norm(true))
            if not off <= bound:
                raise SystemExit(f"{traveller.side}: the gradients are {off:.1e} off")


def document(command: str, threads: Sequence[int], rounds: int) -> dict[str, Any]:
    """What every document of measurements begins with."""
    return {
        "command": command,
        "date": date.today().isoformat(),
        "machine": machine(),
        "versions": {name: version(name) for name in ("numpy", "numba", "torch")},
        "threads": list(threads),
        "rounds": rounds,
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),  # how many wanted to compute before this began
    }


def keep(console: Console, name: str, found: dict[str, Any]) -> None:
    """Write a document where the pages read it."""
    MEASURED.mkdir(exist_ok=True)
    file = MEASURED / f"{name}.json"
    file.write_text(f"{json.dumps(found, indent=1)}\n", encoding="utf-8")
    console.print(f"kept in {file}")


def sized(name: str, pixels: int | None) -> Case:
    """A case, with images of so many pixels a side."""
    case = CASES[name]
    return case if pixels is None else replace(case, shape=(case.shape[0], pixels, pixels))


class Journey:
    """The process, seen from inside: a side, and where it is."""

    def __init__(self, name: str) -> None:
        kind, _, self._way = name.partition(".")
        self._make = import_module(f"benchmarks.{kind}_side").Side
        self._at: tuple[str, int | None] | None = None
        self.side: Any = None

    def answer(self, request: dict[str, Any]) -> Any:
        """What :mod:`benchmarks.worker` answers, and ``go``."""
        if request["do"] != "go":
            return worker.answer(self.side, request)
        at = request["case"], request["pixels"]
        case = sized(*at)
        if at != self._at:
            self.side, self._at = self._make(case, self._way), at
        self.side.load(_parameters(case), *worker.examples(case.shape, request["batch"]))
        self.side.step()
        self.side.load(_parameters(case), *worker.examples(case.shape, request["batch"]))
        return True


def _parameters(case: Case) -> dict[str, Any]:
    net = bl.Network(case.shape, case.layers(), engine="pure", seed=1)
    return {name: array.astype(np.float32) for name, array in net.parameters.items()}


if __name__ == "__main__":
    journey = Journey(sys.argv[1])
    for line in sys.stdin:
        print(json.dumps(journey.answer(json.loads(line))), flush=True)
