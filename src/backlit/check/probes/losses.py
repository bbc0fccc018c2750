"""Probes of softmax, and of the cross-entropy behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any

from backlit import equations, pure
from backlit.equations import Operation

from .numbers import Numbers, mapped, whole_numbers
from .probe import Kind, Limits, Probe, Rows


def _softmax_right(tensors: Mapping[str, Numbers], options: Mapping[str, Any]) -> Any:
    z, labels = tensors["x"], tensors["labels"]
    return {
        "loss": pure.softmax_cross_entropy_forward(z, labels),
        "input": pure.softmax_cross_entropy_backward(z, labels),
    }


SOFTMAX_LOSS = Kind(
    "softmax_cross_entropy",
    {"x": "nk", "labels": "n", "loss": ""},
    {"x": "Z"},
    {"loss": "loss", "input": "x"},
    _softmax_right,
    lambda options: equations.softmax_cross_entropy(),
    exact=False,
)
SOFTMAX = Kind(
    "softmax",
    {"x": "nk", "y": "nk"},
    {"x": "Z", "y": "P"},
    {"output": "y"},
    lambda tensors, options: {"output": pure.softmax(tensors["x"])},
    lambda options: _softmax_alone(),
    exact=False,
)


def _softmax_alone() -> Operation:
    whole = equations.softmax_cross_entropy()
    return replace(whole, name="softmax", steps=whole.steps[:1], gradients={})


def scores(kind: Kind) -> Rows:
    """Probes of softmax, with labels for its loss."""

    def rows(limits: Limits) -> Iterator[Probe]:
        for number, (N, K, scale, special) in enumerate(
            (
                *((3, 4, 0.5, ""), (1, 3, 0.5, ""), (2, 2, 0.25, "")),
                *((2, 4, 400.0, "large"), (2, 4, 400.0, "apart")),
            )
        ):
            N = limits.of("n", N)
            random = Random(number)
            x = mapped(whole_numbers(random, (N, K)), scale.__mul__)
            if special == "large":  # where the largest of the batch is that of each image
                x = [[score - max(row) + 6 * scale for score in row] for row in x]
            tensors: dict[str, Numbers] = {"x": x}
            if kind is SOFTMAX_LOSS:
                tensors["labels"] = [random.randrange(K) for _ in range(N)]
            if special == "apart" and N == 1:
                continue
            found = {special} | ({"images"} if N > 1 else set())
            found |= {"large"} if special == "apart" else set()
            yield Probe(
                kind,
                tensors,
                {},
                {"n": N, "k": K},
                frozenset(found - {""}),
            )

    return rows
