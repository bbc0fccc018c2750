"""What a filter gradient does instead, if no mistake is known that does the same.

A gradient is linear in the error.  With an error of 1 at a single output, each number of dW is one
number of the input, and since no two numbers of the input are the same, its place is known.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

from backlit.pure.nested import flat
from backlit.pure.nested import shape as shape_of

from .adapting import CallPlan
from .probes import Probe
from .process import Worker
from .trials import Seen, close

Numbers = Any
Affine = tuple[int, int, int]


def described_filter_gradient(worker: Worker, plan: CallPlan, probe: Probe) -> str:
    """Which input dW[o,c,u,v] reads for output (i, j), in a sentence; "" if it is no such map."""
    if probe.options["groups"] > 1:
        return ""
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
    rows = _affine({(i, u): place[2] for (i, _, u, _), place in found.items()})
    columns = _affine({(j, v): place[3] for (_, j, _, v), place in found.items()})
    if rows is None or columns is None:
        return ""
    whole = plan.read(worker.ask(plan.message(probe)), probe).results.get("weight")
    if whole is None or whole.numbers is None:
        return ""
    # A map that was read off a few errors of 1 is told only if all errors together confirm it.
    if not close(
        whole.numbers, _gradient(probe, rows, columns), Seen(probe, "weight", whole).rounding
    ):
        return ""
    places = f"{_text(rows, 'i', 'u')},{_text(columns, 'j', 'v')}"
    return f"Your dW[o,c,u,v] adds up dY[n,o,i,j] · X[n,c,{places}]"


def _gradient(probe: Probe, rows: Affine, columns: Affine) -> Numbers:
    """dW with X read at these places; outside of the image there is 0."""
    x, dy = probe.tensors["x"], probe.tensors["dy"]
    N, C, IH, IW = shape_of(x)
    _, O, OH, OW = shape_of(dy)  # noqa: E741
    _, _, kH, kW = shape_of(probe.tensors["w"])

    def one(o: int, c: int, u: int, v: int) -> float:
        total = 0.0
        for n, i, j in product(range(N), range(OH), range(OW)):
            h = rows[0] * i + rows[1] * u + rows[2]
            w = columns[0] * j + columns[1] * v + columns[2]
            if 0 <= h < IH and 0 <= w < IW:
                total += dy[n][o][i][j] * x[n][c][h][w]
        return total

    return [
        [[[one(o, c, u, v) for v in range(kW)] for u in range(kH)] for c in range(C)]
        for o in range(O)
    ]


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


def _affine(places: dict[tuple[int, int], int]) -> Affine | None:
    """a, b and c of ``a·i + b·u + c`` through all of them."""
    if len(places) < 3:
        return None
    for a, b in product(sorted(range(-3, 4), key=abs), repeat=2):
        rests = {place - a * i - b * u for (i, u), place in places.items()}
        if len(rests) == 1:
            return a, b, rests.pop()
    return None


def _text(along: Affine, out: str, window: str) -> str:
    text = ""
    for factor, letter in zip(along, (out, window, ""), strict=True):
        if not factor:
            continue
        size = str(abs(factor)) if abs(factor) != 1 or not letter else ""
        sign = "−" if factor < 0 else "+" if text else ""
        text += f"{sign}{size}{letter}"
    return text or "0"
