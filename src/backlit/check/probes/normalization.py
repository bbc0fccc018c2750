"""Probes of batch normalization."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from backlit import equations, pure

from .numbers import Numbers, distinct_numbers, whole_numbers
from .probe import Kind, Limits, Probe
from .windows import features


def _right(tensors: Mapping[str, Numbers], options: Mapping[str, Any]) -> Any:
    x, gamma, beta, dy = (tensors[role] for role in ("x", "gamma", "beta", "dy"))
    dx, dgamma, dbeta = pure.batch_norm2d_backward(dy, x, gamma, eps=options["eps"])
    output = pure.batch_norm2d_forward(x, gamma, beta, eps=options["eps"])
    return {"output": output, "input": dx, "weight": dgamma, "bias": dbeta}


NORMALIZATION = Kind(
    "batch_norm2d",
    {"x": "nchw", "gamma": "c", "beta": "c", "y": "nchw", "dy": "nchw"},
    {"x": "X", "gamma": "γ", "beta": "β", "y": "Y", "dy": "dY"},
    {"output": "y", "input": "x", "weight": "gamma", "bias": "beta"},
    _right,
    lambda options: equations.batch_norm2d(),
    exact=False,
)


def normalizations(limits: Limits) -> Iterator[Probe]:
    """Probes of batch normalization, one with a large ε."""
    cases = (((3, 2, 2, 3), 1e-5), ((4, 3, 1, 1), 1e-5), ((2, 3, 2, 2), 0.25), ((2, 1, 2, 1), 1e-5))
    for number, ((N, C, IH, IW), eps) in enumerate(cases):
        if "h" in limits.single:
            N, IH, IW = N + 2, 1, 1
        random = Random(number)
        tensors = {
            "x": distinct_numbers(random, (N, C, IH, IW)),
            "gamma": whole_numbers(random, (C,)),
            "beta": whole_numbers(random, (C,)),
            "dy": distinct_numbers(random, (N, C, IH, IW)),
        }
        options = {"eps": eps, **dict(limits.fixed)}
        found = set(features({}, N, C, 1, (IH, IW), (1, 1)))
        found |= {"eps"} if options["eps"] > 1e-5 else set()
        sizes = {"n": N, "c": C, "h": IH, "w": IW}
        yield Probe(
            NORMALIZATION,
            tensors,
            options,
            sizes,
            frozenset(found),
        )
