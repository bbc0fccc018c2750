"""Probes of pools: the maximum, the average, and the average of a whole map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from backlit import equations, pure

from .numbers import Numbers, distinct_numbers, mapped
from .probe import Kind, Limits, Probe, Rows
from .windows import features, output_size, pair_of, with_room


def _pool_kind(name: str) -> Kind:
    forward, backward = getattr(pure, f"{name}_forward"), getattr(pure, f"{name}_backward")

    def right(tensors: Mapping[str, Numbers], options: Mapping[str, Any]) -> Any:
        x, dy = tensors["x"], tensors["dy"]
        return {"output": forward(x, **options), "input": backward(dy, x, **options)}

    build = getattr(equations, name)
    return Kind(
        name,
        {"x": "nchw", "y": "ncij", "dy": "ncij"},
        {"x": "X", "y": "Y", "dy": "dY"},
        {"output": "y", "input": "x"},
        right,
        lambda options: build(**options),
    )


MAX_POOL, AVERAGE_POOL = _pool_kind("max_pool2d"), _pool_kind("avg_pool2d")

# N, C, IH, IW and options; what is special besides.
_POOLS: tuple[tuple[tuple[int, ...], dict[str, Any], str], ...] = (
    ((2, 3, 4, 6), {"kernel_size": 2, "stride": 2}, ""),
    ((1, 1, 4, 4), {"kernel_size": 2, "stride": 2}, ""),
    ((2, 3, 4, 4), {"kernel_size": 2, "stride": 2}, ""),
    ((2, 2, 4, 4), {"kernel_size": 2, "stride": 2}, "ties"),
    ((2, 2, 5, 7), {"kernel_size": 2, "stride": 2}, ""),
    ((1, 2, 4, 5), {"kernel_size": 2, "stride": 1}, ""),
    ((2, 1, 7, 5), {"kernel_size": 3, "stride": 2}, ""),
    ((1, 1, 6, 9), {"kernel_size": 3, "stride": 3}, ""),
    ((1, 2, 7, 8), {"kernel_size": 2, "stride": 3}, ""),
    ((1, 1, 4, 4), {"kernel_size": 2, "stride": 2}, "negative"),
    ((2, 2, 4, 6), {"kernel_size": 2, "stride": 2, "padding": 1}, "negative"),
    ((1, 2, 5, 5), {"kernel_size": 3, "stride": 2, "padding": 1}, ""),
    ((1, 1, 6, 5), {"kernel_size": 3, "stride": 2, "padding": 2}, ""),
    ((1, 2, 4, 6), {"kernel_size": (2, 3), "stride": (2, 3)}, ""),
    ((1, 1, 4, 5), {"kernel_size": 3, "stride": 1}, "ties"),
)


def pools(kind: Kind) -> Rows:
    """Probes of a maximum or an average; ties are for a maximum alone."""

    def rows(limits: Limits) -> Iterator[Probe]:
        seen = set()
        for number, (sizes, options, special) in enumerate(_POOLS):
            N, C, IH, IW = sizes
            N, C = limits.of("n", N), limits.of("c", C)
            settings = {"padding": 0, **options, **dict(limits.fixed)}
            kernel = pair_of(settings["kernel_size"])
            if any(p >= k for p, k in zip(pair_of(settings["padding"]), kernel, strict=True)):
                continue
            IH, IW = with_room(settings, (IH, IW), kernel)
            key = (N, C, IH, IW, tuple(settings.items()), special)
            if key in seen:
                continue
            seen.add(key)
            random = Random(number)
            x = distinct_numbers(random, (N, C, IH, IW))
            if special == "ties":
                x = mapped(x, lambda value: abs(value) % 3 + 1)
            if special == "negative":
                x = mapped(x, lambda value: -abs(value) - (value > 0) / 2)
            if kind is AVERAGE_POOL:
                settings.setdefault("count_include_pad", True)
            tensors = {"x": x}
            OH, OW = output_size(settings, (IH, IW), kernel)
            tensors["dy"] = distinct_numbers(random, (N, C, OH, OW))
            found = set(features(settings, N, C, 1, (IH, IW), kernel)) - {"stride"}
            if pair_of(settings["stride"]) != kernel:
                found.add("stride")
            if special:
                found.add(special)
            if "ties" in found and kind is AVERAGE_POOL:
                continue
            sizes_ = {"n": N, "c": C, "h": IH, "w": IW, "i": OH, "j": OW}
            yield Probe(
                kind,
                tensors,
                settings,
                {**sizes_, "u": kernel[0], "v": kernel[1]},
                frozenset(found),
            )

    return rows


def _global_right(tensors: Mapping[str, Numbers], options: Mapping[str, Any]) -> Any:
    x, dy = tensors["x"], tensors["dy"]
    return {
        "output": pure.global_avg_pool2d_forward(x),
        "input": pure.global_avg_pool2d_backward(dy, x),
    }


GLOBAL_POOL = Kind(
    "global_avg_pool2d",
    {"x": "nchw", "y": "nc", "dy": "nc"},
    {"x": "X", "y": "Y", "dy": "dY"},
    {"output": "y", "input": "x"},
    _global_right,
    lambda options: equations.global_avg_pool2d(),
)


def global_pools(limits: Limits) -> Iterator[Probe]:
    """Probes of the average of whole maps."""
    for number, (N, C, IH, IW) in enumerate(((2, 3, 4, 5), (1, 1, 2, 2), (3, 2, 3, 3))):
        random = Random(number)
        N, C = limits.of("n", N), limits.of("c", C)
        tensors = {
            "x": distinct_numbers(random, (N, C, IH, IW)),
            "dy": distinct_numbers(random, (N, C)),
        }
        found = features({}, N, C, 1, (IH, IW), (1, 1))
        sizes = {"n": N, "c": C, "h": IH, "w": IW}
        yield Probe(GLOBAL_POOL, tensors, {}, sizes, frozenset(found))
