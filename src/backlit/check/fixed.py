"""Options that code does not take and has values of its own for: a stride of 2, a slope of 0.1.

Code of one network is often written for that network alone.  Which options it has shows in the
shape of its output; where there is none, those that are common are tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from .adapting import CallPlan, Got
from .probes import Probe, pair_of
from .vocabulary import ACTIVATIONS

Options = Mapping[str, Any]

# What may be fixed, with the plain values.
_FREE: Mapping[str, Options] = {
    "conv2d": {"stride": 1, "padding": 0, "dilation": 1},
    "max_pool2d": {"kernel_size": 2, "stride": 2, "padding": 0},
}
_STRIDES, _PADDINGS, _DILATIONS, _SIZES = range(1, 5), range(4), range(1, 4), range(1, 6)
_MOST = 16  # so many are tried for one layout

# Where no shape tells; the most common first.
_COMMON: Mapping[str, Sequence[Options]] = {
    "conv2d": (
        {"stride": 2},
        {"padding": 1},
        {"stride": 2, "padding": 1},
        {"padding": 2},
        {"stride": 3},
        {"stride": 2, "padding": 2},
        {"stride": 2, "padding": 3},
        {"padding": 3},
        {"stride": 4},
        {"dilation": 2},
        {"dilation": 2, "padding": 2},
    ),
    "max_pool2d": (
        {"kernel_size": 3, "stride": 2},
        {"kernel_size": 3, "stride": 3},
        {"kernel_size": 2, "stride": 1},
        {"kernel_size": 3, "stride": 1},
        {"kernel_size": 4, "stride": 4},
        {"kernel_size": 3, "stride": 2, "padding": 1},
        {"kernel_size": 3, "stride": 1, "padding": 1},
        {"stride": 1},
        {"stride": 2},
        {"padding": 1},
    ),
    "batch_norm2d": [{"eps": eps} for eps in (1e-3, 1e-4)],
    **{
        name: [
            {option: value} for option in layer.options for value in (0.1, 0.2, 0.3, 0.05, 0.25, 1)
        ]
        for name, layer in ACTIVATIONS.items()
    },
}


def fixed_options(plan: CallPlan, probe: Probe, output: Got | None) -> Iterator[Options]:
    """Options that the code may have fixed, the likeliest first.

    Args:
        plan: how it is called.
        probe: with which it was called.
        output: what came then, where it gives an output.
    """
    roles = plan.roles
    if "options" in roles or ("cache" in roles and plan.forward_arguments is None):
        return
    known = "max_pool2d" if plan.operation == "avg_pool2d" else plan.operation
    if known in _FREE and output is not None:
        free = {name: value for name, value in _FREE[known].items() if name not in roles}
        yield from _by_shape(plan, probe, output, free)
    else:
        yield from (fixed for fixed in _COMMON.get(known, ()) if not roles & set(fixed))


def _by_shape(plan: CallPlan, probe: Probe, output: Got, free: Options) -> Iterator[Options]:
    """Options with which an output has this shape: the same for rows and columns, then others."""
    theirs = plan.layout.theirs(probe.kind.axes["y"])
    found = dict(zip(theirs, output.shape, strict=False))
    if len(theirs) != len(output.shape) or any(
        size != probe.sizes[axis] for axis, size in found.items() if axis not in "ij1"
    ):
        return
    rows, columns = _of_axis(probe, 0, found["i"], free), _of_axis(probe, 1, found["j"], free)
    same = [(row, row) for row in rows if row in columns]
    others = sorted(
        (pair for pair in product(rows, columns) if pair[0] != pair[1]),
        key=lambda pair: _effort(pair[0], pair[1], free),
    )
    for row, column in (*same[:_MOST], *others[:_MOST]):
        both = {
            name: row[name] if row[name] == column[name] else (row[name], column[name])
            for name in free
        }
        # The plain padding and dilation need no words; windows do, and so does their stride.
        keep = {"kernel_size", "stride"} if "kernel_size" in free else set()
        own = {name: value for name, value in both.items() if name in keep or value != free[name]}
        if any(both[name] != free[name] for name in own):
            yield own
            if plan.operation == "avg_pool2d" and "padding" in own:
                yield {**own, "count_include_pad": False}


def _of_axis(probe: Probe, axis: int, count: int, free: Options) -> list[dict[str, int]]:
    """Options with which that many windows fit along an axis, the plainest first."""
    length = probe.sizes["hw"[axis]]
    values = {"stride": _STRIDES, "padding": _PADDINGS, "dilation": _DILATIONS}
    found = []
    for taken in product(*(values.get(name, _SIZES) for name in free)):
        own = dict(zip(free, taken, strict=True))
        told = {"stride": 1, "padding": 0, "dilation": 1, **probe.options, **own}
        size, stride, padding, dilation = (
            pair_of(told.get(name, probe.sizes["uv"[axis]]))[axis]
            for name in ("kernel_size", "stride", "padding", "dilation")
        )
        room = length + 2 * padding - dilation * (size - 1) - 1
        inside = padding < size or probe.kind.name == "conv2d"
        if inside and room >= 0 and room // stride + 1 == count:
            found.append(own)
    return sorted(found, key=lambda own: _effort(own, own, free))


def _effort(row: Options, column: Options, free: Options) -> tuple[int, int]:
    """How far options are from the plain ones, in their number first and then in their size."""
    away = [abs(each[name] - free[name]) for name in free for each in (row, column)]
    apart = sum(row[name] != column[name] for name in free)
    return sum(map(bool, away)) + 2 * apart, sum(away)
