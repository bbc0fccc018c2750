"""Probes of a convolution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from backlit import equations, pure

from .numbers import Numbers, distinct_numbers, whole_numbers
from .probe import Kind, Limits, Probe
from .windows import features, output_size, with_room


def _right(tensors: Mapping[str, Numbers], options: Mapping[str, Any]) -> Any:
    x, w, b, dy = (tensors[role] for role in ("x", "w", "b", "dy"))
    dx, dw, db = pure.conv2d_backward(dy, x, w, **options)
    output = pure.conv2d_forward(x, w, b, **options)
    return {"output": output, "input": dx, "weight": dw, "bias": db}


CONVOLUTION = Kind(
    "conv2d",
    {"x": "nchw", "w": "ocuv", "b": "o", "y": "noij", "dy": "noij"},
    {"x": "X", "w": "W", "b": "b", "y": "Y", "dy": "dY"},
    {"output": "y", "input": "x", "weight": "w", "bias": "b"},
    _right,
    lambda options: equations.conv2d(None, **options),
)

# N, C, O, IH, IW, kH, kW and options; the plainest first.
_CONVOLUTIONS: tuple[tuple[tuple[int, ...], dict[str, Any]], ...] = (
    ((2, 3, 4, 5, 7, 2, 3), {}),
    ((2, 3, 2, 5, 5, 3, 3), {}),
    ((1, 2, 2, 4, 4, 2, 2), {}),
    ((1, 1, 1, 5, 4, 3, 2), {}),
    ((2, 2, 3, 5, 7, 3, 3), {"stride": 2}),
    ((2, 2, 3, 6, 8, 3, 3), {"stride": 2}),
    ((2, 2, 3, 4, 5, 3, 3), {"padding": 1}),
    ((2, 1, 2, 5, 5, 3, 3), {"padding": 2}),
    ((2, 2, 3, 5, 7, 3, 3), {"stride": 2, "padding": 1}),
    ((2, 2, 2, 7, 8, 2, 2), {"stride": 3}),
    ((2, 2, 3, 7, 5, 2, 3), {"stride": 2, "padding": 1}),
    ((2, 2, 2, 6, 7, 2, 2), {"dilation": 2}),
    ((2, 4, 6, 4, 5, 2, 2), {"groups": 2}),
    ((2, 2, 2, 6, 6, 2, 3), {"stride": (1, 2)}),
    ((2, 2, 2, 5, 6, 3, 2), {"padding": (2, 1)}),
    ((1, 4, 4, 8, 9, 2, 3), {"stride": 2, "padding": 1, "dilation": 2, "groups": 2}),
)


def convolutions(limits: Limits) -> Iterator[Probe]:
    """Probes of a convolution, each once."""
    seen = set()
    for number, (sizes, options) in enumerate(_CONVOLUTIONS):
        N, C, O, IH, IW, kH, kW = sizes  # noqa: E741
        if options.get("groups", 1) > 1 and limits.single & {"c", "o"}:
            continue
        N, C, O = limits.of("n", N), limits.of("c", C), limits.of("o", O)  # noqa: E741
        kH, kW = (3, 3) if limits.windows == "3" else (kH, kH if limits.windows == "square" else kW)
        settings = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, **options}
        settings |= dict(limits.fixed)
        IH, IW = with_room(settings, (IH, IW), (kH, kW))
        key = (N, C, O, IH, IW, kH, kW, tuple(settings.values()))
        if key in seen:
            continue
        seen.add(key)
        yield convolution(N, C, O, IH, IW, kH, kW, settings, seed=number)


def convolution(
    N: int,
    C: int,
    O: int,  # noqa: E741
    IH: int,
    IW: int,
    kH: int,
    kW: int,
    options: dict[str, Any],
    seed: int = 0,
) -> Probe:
    """A probe of a convolution of these sizes."""
    random = Random(seed)
    x = distinct_numbers(random, (N, C, IH, IW))
    w = whole_numbers(random, (O, C // options["groups"], kH, kW))
    b = whole_numbers(random, (O,))
    OH, OW = output_size(options, (IH, IW), (kH, kW))
    dy = whole_numbers(random, (N, O, OH, OW))
    tensors = {"x": x, "w": w, "b": b, "dy": dy}
    found = set(features(options, N, C, O, (IH, IW), (kH, kW)))
    sizes = {"n": N, "c": C // options["groups"], "o": O, "h": IH, "w": IW}
    return Probe(
        CONVOLUTION,
        tensors,
        options,
        {**sizes, "u": kH, "v": kW, "i": OH, "j": OW},
        frozenset(found),
    )
