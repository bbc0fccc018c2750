"""Probes of a dense layer, and of one together with its loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any

from backlit import equations, pure

from .numbers import Numbers, distinct_numbers, mapped
from .probe import Kind, Limits, Probe


def _dense_right(tensors: Mapping[str, Numbers], options: Mapping[str, Any]) -> Any:
    x, w, b, dy = (tensors[role] for role in ("x", "w", "b", "dy"))
    dx, dw, db = pure.dense_backward(dy, x, w)
    return {"output": pure.dense_forward(x, w, b), "input": dx, "weight": dw, "bias": db}


DENSE = Kind(
    "dense",
    {"x": "nf", "w": "of", "b": "o", "y": "no", "dy": "no"},
    {"x": "X", "w": "W", "b": "b", "y": "Y", "dy": "dY"},
    {"output": "y", "input": "x", "weight": "w", "bias": "b"},
    _dense_right,
    lambda options: equations.dense(),
)


def dense_layers(limits: Limits) -> Iterator[Probe]:
    """Probes of a dense layer."""
    for number, (N, F, O) in enumerate(((2, 4, 3), (1, 3, 2), (3, 3, 3), (1, 1, 1))):  # noqa: E741
        if limits.windows != "any" and F != O:
            continue
        N = limits.of("n", N)
        random = Random(number)
        tensors = {
            "x": distinct_numbers(random, (N, F)),
            "w": distinct_numbers(random, (O, F)),
            "b": distinct_numbers(random, (O,)),
            "dy": distinct_numbers(random, (N, O)),
        }
        found = {"images"} if N > 1 else set()
        found |= {"units"} if F > 1 else set()
        sizes = {"n": N, "f": F, "o": O}
        yield Probe(DENSE, tensors, {}, sizes, frozenset(found))


def _regression_right(tensors: Mapping[str, Numbers], options: Mapping[str, Any]) -> Any:
    x, w, b, labels = (tensors[role] for role in ("x", "w", "b", "labels"))
    scores = pure.dense_forward(x, w, b)
    error = pure.softmax_cross_entropy_backward(scores, labels)
    dx, dw, db = pure.dense_backward(error, x, w)
    loss = pure.softmax_cross_entropy_forward(scores, labels)
    return {"loss": loss, "input": dx, "weight": dw, "bias": db}


REGRESSION = Kind(
    "softmax_regression",
    {"x": "nf", "w": "of", "b": "o", "labels": "n", "loss": ""},
    {"x": "X", "w": "W", "b": "b"},
    {"loss": "loss", "input": "x", "weight": "w", "bias": "b"},
    _regression_right,
    lambda options: replace(
        equations.softmax_cross_entropy(), name="softmax_regression", gradients={}
    ),
    exact=False,
)


def regressions(limits: Limits) -> Iterator[Probe]:
    """Probes of a dense layer with softmax and cross-entropy behind it."""
    for number, (N, F, K) in enumerate(((2, 4, 3), (1, 3, 2), (3, 2, 4), (3, 3, 3))):
        N = limits.of("n", N)
        random = Random(number)
        tensors: dict[str, Numbers] = {
            "x": distinct_numbers(random, (N, F)),
            # So small that no probability is nearly 0 or 1, where mistakes would not show.
            "w": mapped(distinct_numbers(random, (K, F)), lambda number: number / 64),
            "b": mapped(distinct_numbers(random, (K,)), lambda number: number / 8),
            "labels": [random.randrange(K) for _ in range(N)],
        }
        found = frozenset({"images"} if N > 1 else ())
        sizes = {"n": N, "f": F, "o": K, "k": K}
        yield Probe(REGRESSION, tensors, {}, sizes, found)
