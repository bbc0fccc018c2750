"""What a filter gradient does instead, if no mistake is known that does the same.

A gradient is linear in the error.  With an error of 1 at a single output, each number of dW is one
number of the input, and since no two numbers of the input are the same, its place is known.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from backlit.pure.nested import flat
from backlit.pure.nested import shape as shape_of

from .adapting import CallPlan
from .probes import Probe
from .process import Worker

Numbers = Any


def described_filter_gradient(worker: Worker, plan: CallPlan, probe: Probe) -> str:
    """Which input dW[o,c,u,v] reads for output (i, j), in a sentence; "" if it is no such map."""
    N, O, OH, OW = shape_of(probe.tensors["dy"])  # noqa: E741
    _, _, kH, kW = shape_of(probe.tensors["w"])
    found = {}
    for i, j in {(0, 0), (OH - 1, 0), (0, OW - 1)}:
        single = [
            [
                [[int((n, o, r, q) == (0, 0, i, j)) for q in range(OW)] for r in range(OH)]
                for o in range(O)
            ]
            for n in range(N)
        ]
        one = replace(probe, tensors={**probe.tensors, "dy": single})
        outcome = plan.read(worker.ask(plan.message(one)), one)
        got = outcome.results.get("weight")
        if got is None or got.numbers is None:
            return ""
        for u in range(kH):
            for v in range(kW):
                place = _place(probe.tensors["x"], got.numbers[0][0][u][v])
                if place is not None:
                    found[i, j, u, v] = place
    rows = _affine({(i, u): place[2] for (i, _, u, _), place in found.items()}, "i", "u")
    columns = _affine({(j, v): place[3] for (_, j, _, v), place in found.items()}, "j", "v")
    if rows is None or columns is None:
        return ""
    return f"Your dW[o,c,u,v] adds up dY[n,o,i,j] · X[n,c,{rows},{columns}]"


def _place(x: Numbers, value: float) -> tuple[int, ...] | None:
    """Where a number stands in the input."""
    _, C, IH, IW = shape_of(x)
    row = flat(x)
    if value not in row:
        return None
    rest, w = divmod(row.index(value), IW)
    rest, h = divmod(rest, IH)
    n, c = divmod(rest, C)
    return n, c, h, w


def _affine(places: dict[tuple[int, int], int], out: str, window: str) -> str | None:
    """``a·i + b·u + c`` through all of them, as text."""
    if len(places) < 3:
        return None
    for a in range(-3, 4):
        for b in range(-3, 4):
            rests = {place - a * i - b * u for (i, u), place in places.items()}
            if len(rests) == 1:
                return _text(((a, out), (b, window), (rests.pop(), "")))
    return None


def _text(parts: tuple[tuple[int, str], ...]) -> str:
    text = ""
    for factor, letter in parts:
        if not factor:
            continue
        size = str(abs(factor)) if abs(factor) != 1 or not letter else ""
        sign = "−" if factor < 0 else "+" if text else ""
        text += f"{sign}{size}{letter}"
    return text or "0"
