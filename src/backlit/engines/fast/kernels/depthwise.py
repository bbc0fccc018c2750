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

from backlit.engines.fast.simd.lanes import registers
from backlit.engines.fast.simd.subroutine import subroutine
from backlit.engines.fast.simd.tiles import tile
from backlit.pure.window import Axis

from .affine_index import AffineIndex
from .blocks import blocks
from .convolution import Pattern, finished_tile, runs, tile_nest
from .nest import Nest, Steps
from .sizes import DEPTHWISE_WIDTH


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
    nest = Nest("depthwise")
    nest.arrays("x, w, b, y")
    with nest.loop("n", "a[0]"), nest.loop("t", down.positions):
        nest.row_of_taps(down, across, source, target)
        for first, behind, width in blocks(vectors, DEPTHWISE_WIDTH):
            with nest.loop("c", first * lanes, behind * lanes, width * lanes):
                for t0, t1, count, pattern in runs(across, positions):
                    compute = _tile(
                        lanes, count, width, pattern, source, target, down, across, begin,
                        activation,
                    )  # fmt: skip
                    with nest.loop("s", t0, t1, count):
                        nest.write(
                            f"{nest.named('tile', compute)}(x, w, b, y,"
                            f" xr + s * {across.pace * source[2]} + c, c * {size}, c,"
                            f" yr + s * {across.step * target[2]} + c, k0, k1)"
                        )
    return nest.function()


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
    block = width * lanes
    nest = tile_nest("depthwise_tile", ops, begin, across.step * target[2])
    with nest.loop("k", "k0", "k1"):
        nest.write(
            f"xk = xb + k * {down.gap * source[1]}",
            f"wk = wb + k * {across.taps * block}",
        )
        for k, positions in enumerate(pattern):
            offsets = [
                (p * across.pace + across.first + across.gap * k) * source[2] for p in range(size)
            ]
            product = nest.named("product", ops.product(offsets, positions))
            nest.write(f"tile = {product}(tile, x, xk, w, wk + {k * block})")
    return finished_tile(nest, ops, lanes, across.step * target[2], activation)


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
    nest = Nest("depthwise_filter_gradient")
    nest.arrays("x, dy, dw")
    with nest.loop("n", "a[0]"), nest.loop("u", down.kernel):
        nest.positions_inside("i", "u", down)
        nest.write(
            f"xb = n * {source[0]} + (u * {down.dilation} - {down.before}) * {source[1]}"
            f" - {across.before * source[2]}",
            f"yb, wb = n * {target[0]}, u * {across.kernel * depth}",
        )
        # As many vectors as the registers can hold the sums of, and half as many again.
        room = max(1, registers(lanes) * 2 // 3 // (across.kernel + 1))
        for first, behind, width in blocks(vectors, min(room, 4)):
            row = _gradient_of_row(lanes, width, depth, source, target, down, across)
            with nest.loop("c", first * lanes, behind * lanes, width * lanes):
                nest.write(f"{nest.named('row', row)}(x, dy, dw, xb + c, yb + c, wb + c, i0, i1)")
    return nest.function()


def _gradient_of_row(
    lanes: int, width: int, depth: int, source: Steps, target: Steps, down: Axis, across: Axis
) -> Any:
    """The function that adds the positions of an image to one filter row of dW."""
    ops = tile(across.kernel, width, lanes)
    offsets = [v * across.dilation * source[2] for v in range(across.kernel)]
    nest = Nest("depthwise_row", "x, dy, dw, xb, yb, wb, i0, i1", load=ops.load, store=ops.store)
    nest.write(f"tile = load(dw, wb, {depth})")
    with nest.loop("i", "i0", "i1"):
        nest.write(f"xi = xb + i * {down.stride * source[1]}", f"yi = yb + i * {target[1]}")
        for j0, j1, taps in _alike(across):
            product = nest.named("product", ops.product(offsets, taps))
            with nest.loop("j", j0, j1):
                nest.write(
                    f"tile = {product}(tile, x, xi + j * {across.stride * source[2]},"
                    f" dy, yi + j * {target[2]})"
                )
    nest.write(f"store(tile, dw, wb, {depth})")
    return subroutine(nest.function())


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
