"""Depthwise convolution: every channel has one filter of its own, so lanes are channels throughout.

    Y[n,i,j,c]  = b[c] + Σ_{u,v} X[n, a, e, c] · W[u,v,c]        channels last
    dW[u,v,c]  += Σ_{n,i,j} X[n, a, e, c] · dY[n,i,j,c]

Nothing is broadcast: vectors of inputs meet vectors of weights.  A tile of the first sum holds
neighboring positions j, and an input that several of them see is loaded once.  A tile of the
second holds the weights v of one filter row; at the border, where some of them lie outside the
image, the others go on alone.  The input gradient is the first sum with other indices.
"""

from __future__ import annotations

from typing import Any

from numba import types

from backlit.engines.fast.simd.intrinsics import FLOATS, floats
from backlit.engines.fast.simd.lanes import registers
from backlit.engines.fast.simd.subroutine import subroutine
from backlit.engines.fast.simd.tiles import tile
from backlit.engines.fast.simd.unroll import function_of
from backlit.pure.window import Axis

from .activations import activation as activation_of
from .affine_index import AffineIndex
from .blocks import blocks
from .convolution import Pattern, runs
from .sizes import DEPTHWISE_WIDTH

Steps = tuple[int, int, int]  # the floats from image to image, row to row, pixel to pixel


def convolution(
    lanes: int,
    channels: int,
    source: Steps,
    target: Steps,
    rows: tuple[int, ...],
    columns: tuple[int, ...],
    begin: str,
    activation: tuple[str, float] | None = None,
) -> Any:
    """Arguments: X, weights [block of channels][u][v][channel], biases (whole vectors), Y.

    Args:
        lanes: of the vectors.
        channels: C.
        source: the :data:`Steps` of X.
        target: the :data:`Steps` of Y.
        rows: an :class:`.AffineIndex` along the rows.
        columns: one along the columns.
        begin: what the sum begins with: "bias", "zero", or "add" for what is in Y.
        activation: applied to the sums before they are stored.
    """
    across, down = AffineIndex(*columns), AffineIndex(*rows)
    vectors = -(-channels // lanes)
    size = down.taps * across.taps
    # One register for each sum, one for each input in sight, one for a weight.
    positions = max(1, (registers(lanes) // DEPTHWISE_WIDTH - across.taps - 1) // 2)
    names: dict[str, Any] = {"floats": floats, "max": max, "min": min}
    lines = [
        "x, w, b, y = floats(a, 1), floats(a, 2), floats(a, 3), floats(a, 4)",
        "for n in range(a[0]):",
        f" for t in range({down.positions}):",
        f"  at = {down.pace} * t + {down.first}",
        f"  k0 = max(0, -(at // {down.gap}))",
        f"  k1 = min({down.taps}, -((at - {down.size}) // {down.gap}))",
        f"  xr = n * {source[0]} + at * {source[1]}",
        f"  yr = n * {target[0]} + ({down.start} + {down.step} * t) * {target[1]}"
        f" + {across.start * target[2]}",
    ]
    for first, behind, width in blocks(vectors, DEPTHWISE_WIDTH):
        lines.append(f"  for c in range({first * lanes}, {behind * lanes}, {width * lanes}):")
        for t0, t1, count, pattern in runs(across, positions):
            name = f"tile{len(names)}"
            names[name] = _tile(
                lanes, count, width, pattern, source, target, down, across, begin, activation
            )
            lines += [
                f"   for s in range({t0}, {t1}, {count}):",
                f"    {name}(x, w, b, y, xr + s * {across.pace * source[2]} + c, c * {size}, c,"
                f" yr + s * {across.step * target[2]} + c, k0, k1)",
            ]
    return function_of("a", lines, names, "depthwise")


def _tile(
    lanes: int,
    size: int,
    width: int,
    pattern: Pattern,
    source: Steps,
    target: Steps,
    down: AffineIndex,
    across: AffineIndex,
    begin: str,
    activation: tuple[str, float] | None,
) -> Any:
    """The function that computes one tile of Y."""
    ops = tile(size, width, lanes)
    starts = {
        "bias": "fill(b, bq)",
        "zero": "zeros()",
        "add": f"load(y, yb, {across.step * target[2]})",
    }
    names: dict[str, Any] = {
        "fill": ops.fill, "zeros": ops.zeros, "load": ops.load, "store": ops.store,
    }  # fmt: skip
    block = width * lanes
    lines = [
        f"tile = {starts[begin]}",
        "for k in range(k0, k1):",
        f" xk = xb + k * {down.gap * source[1]}",
        f" wk = wb + k * {across.taps * block}",
    ]
    for k, positions in enumerate(pattern):
        offsets = [
            (p * across.pace + across.first + across.gap * k) * source[2] for p in range(size)
        ]
        names[f"product{k}"] = ops.product(offsets, positions)
        lines.append(f" tile = product{k}(tile, x, xk, w, wk + {k * block})")
    if activation is not None:
        names["bend"] = ops.map(activation_of(*activation, lanes))
        lines.append("tile = bend(tile)")
    lines.append(f"store(tile, y, yb, {across.step * target[2]})")
    signature = "x, w, b, y, xb, wb, bq, yb, k0, k1"
    function = function_of(signature, lines, names, "depthwise_tile")
    return subroutine(function, *[FLOATS] * 4, *[types.intp] * 6)


def filter_gradient(
    lanes: int,
    channels: int,
    source: Steps,
    target: Steps,
    rows: tuple[int, ...],
    columns: tuple[int, ...],
) -> Any:
    """Arguments: X, dY, dW [u][v][channels, whole vectors], which is added to.

    Args:
        lanes: of the vectors.
        channels: C.
        source: the :data:`Steps` of X.
        target: the :data:`Steps` of dY.
        rows: an :class:`backlit.pure.window.Axis`, as numbers.
        columns: one along the columns.
    """
    down, across = Axis(*rows), Axis(*columns)
    vectors = -(-channels // lanes)
    depth = vectors * lanes
    names: dict[str, Any] = {"floats": floats, "max": max, "min": min}
    lines = [
        "x, dy, dw = floats(a, 1), floats(a, 2), floats(a, 3)",
        "for n in range(a[0]):",
        f" for u in range({down.kernel}):",
        f"  at = u * {down.dilation} - {down.before}",
        f"  i0 = max(0, -(at // {down.stride}))",
        f"  i1 = min({down.output}, -((at - {down.size}) // {down.stride}))",
        f"  xb = n * {source[0]} + at * {source[1]} - {across.before * source[2]}",
        f"  yb, wb = n * {target[0]}, u * {across.kernel * depth}",
    ]
    # As many vectors as the registers can hold the sums of, and half as many again.
    room = max(1, registers(lanes) * 2 // 3 // (across.kernel + 1))
    for first, behind, width in blocks(vectors, min(room, 4)):
        name = f"row{len(names)}"
        names[name] = _gradient_of_row(lanes, width, depth, source, target, down, across)
        lines += [
            f"  for c in range({first * lanes}, {behind * lanes}, {width * lanes}):",
            f"   {name}(x, dy, dw, xb + c, yb + c, wb + c, i0, i1)",
        ]
    return function_of("a", lines, names, "depthwise_filter_gradient")


def _gradient_of_row(
    lanes: int, width: int, depth: int, source: Steps, target: Steps, down: Axis, across: Axis
) -> Any:
    """The function that adds the positions of an image to one filter row of dW."""
    ops = tile(across.kernel, width, lanes)
    offsets = [v * across.dilation * source[2] for v in range(across.kernel)]
    names: dict[str, Any] = {"load": ops.load, "store": ops.store}
    lines = [
        f"tile = load(dw, wb, {depth})",
        "for i in range(i0, i1):",
        f" xi = xb + i * {down.stride * source[1]}",
        f" yi = yb + i * {target[1]}",
    ]
    for j0, j1, taps in _alike(across):
        name = f"product{len(names)}"
        names[name] = ops.product(offsets, taps)
        step_x, step_y = across.stride * source[2], target[2]
        lines += [
            f" for j in range({j0}, {j1}):",
            f"  tile = {name}(tile, x, xi + j * {step_x}, dy, yi + j * {step_y})",
        ]
    lines.append(f"store(tile, dw, wb, {depth})")
    signature = "x, dy, dw, xb, yb, wb, i0, i1"
    function = function_of(signature, lines, names, "depthwise_row")
    return subroutine(function, *[FLOATS] * 3, *[types.intp] * 5)


def _alike(axis: Axis) -> list[tuple[int, int, tuple[int, ...]]]:
    """(first position, behind the last, taps inside the image) of the runs of like positions."""
    found: list[tuple[int, int, tuple[int, ...]]] = []
    for j in range(axis.output):
        at = [j * axis.stride - axis.before + v * axis.dilation for v in range(axis.kernel)]
        taps = tuple(v for v in range(axis.kernel) if 0 <= at[v] < axis.size)
        if found and found[-1][2] == taps:
            found[-1] = (found[-1][0], j + 1, taps)
        else:
            found.append((j, j + 1, taps))
    return [run for run in found if run[2]]
