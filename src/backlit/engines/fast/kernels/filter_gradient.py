"""The gradient of a convolution's filters, as a sum of outer products in register tiles.

    dW[u,v,c,o] += Σ_{n,i,j} X[n, a, e, c] · dY[n,i,j,o]        channels last

A tile holds P channels c and Q vectors of filters o for one weight position (u, v), and stays in
the registers while i and j run over a band of rows.  Only positions that lie inside the image are
visited.  The bands are so small that the rows of X and dY stay in the first cache while all weight
positions and channels pass over them.

With very few channels (the first layer) a tile holds P weight positions instead; that needs an
input without padding, so the planner puts zeros around it.
"""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.simd.lanes import registers
from backlit.engines.fast.simd.subroutine import subroutine
from backlit.engines.fast.simd.tiles import tile
from backlit.pure.window import Axis

from .blocks import blocks, tile_size
from .nest import Nest, Steps


def filter_gradient(
    lanes: int,
    groups: int,
    inputs: int,
    outputs: int,
    source: Steps,
    target: Steps,
    rows: tuple[int, ...],
    columns: tuple[int, ...],
    band: int,
) -> Any:
    """Arguments: X, dY, dW [g][u][v][c][filters, whole vectors], which is added to.

    Args:
        lanes: of the vectors.
        groups: of channels.
        inputs: channels of a group.
        outputs: filters of a group.
        source: the :data:`Steps` of X.
        target: the :data:`Steps` of dY.
        rows: an :class:`backlit.pure.window.Axis`, as numbers.
        columns: one along the columns.
        band: output rows that are done at a time.
    """
    down, across = Axis(*rows), Axis(*columns)
    vectors = -(-outputs // lanes)
    positions, width = tile_size(inputs, vectors, registers(lanes))
    depth = vectors * lanes
    steps = (source[1] * down.stride, source[2] * across.stride, target[1], target[2])
    nest = Nest("filter_gradient")
    nest.arrays("x, dy, dw")
    with (
        nest.loop("n", "a[0]"),
        nest.loop("i_band", 0, down.output, band),
        nest.loop("g", groups),
        nest.loop("u", down.kernel),
    ):
        nest.positions_inside("i", "u", down)
        nest.write(f"i0, i1 = max(i0, i_band), min(i1, i_band + {band})")
        with nest.loop("v", across.kernel):
            nest.positions_inside("j", "v", across)
            nest.write(
                f"xb = n * {source[0]} + (u * {down.dilation} - {down.before}) * {source[1]}"
                f" + (v * {across.dilation} - {across.before}) * {source[2]} + g * {inputs}",
                f"yb = n * {target[0]} + g * {outputs}",
                f"wb = ((g * {down.kernel} + u) * {across.kernel} + v) * {inputs * depth}",
            )
            for c0, c1, size in blocks(inputs, positions):
                for o0, o1, across_o in blocks(vectors, width):
                    add = nest.named(
                        "tile", _tile(lanes, tuple(range(size)), across_o, depth, steps)
                    )
                    with (
                        nest.loop("c", c0, c1, size),
                        nest.loop("o", o0 * lanes, o1 * lanes, across_o * lanes),
                    ):
                        nest.write(
                            f"{add}(x, dy, dw, xb + c, yb + o, wb + c * {depth} + o,"
                            " i0, i1, j0, j1)"
                        )
    return nest.function()


def filter_gradient_of_few_channels(
    lanes: int,
    inputs: int,
    outputs: int,
    source: Steps,
    target: Steps,
    rows: tuple[int, ...],
    columns: tuple[int, ...],
) -> Any:
    """The same without groups and padding: the tile's rows are weights (u, v, c), not channels."""
    down, across = Axis(*rows), Axis(*columns)
    vectors = -(-outputs // lanes)
    depth = vectors * lanes
    offsets = [
        u * down.dilation * source[1] + v * across.dilation * source[2] + c
        for u in range(down.kernel)
        for v in range(across.kernel)
        for c in range(inputs)
    ]
    positions, width = tile_size(len(offsets), vectors, registers(lanes))
    steps = (source[1] * down.stride, source[2] * across.stride, target[1], target[2])
    nest = Nest("filter_gradient_of_few_channels")
    nest.arrays("x, dy, dw")
    with nest.loop("n", "a[0]"):
        nest.write(f"xb, yb = n * {source[0]}, n * {target[0]}")
        for first in range(0, len(offsets), positions):
            some = tuple(offsets[first : first + positions])
            for o0, o1, across_o in blocks(vectors, width):
                add = nest.named("tile", _tile(lanes, some, across_o, depth, steps))
                with nest.loop("o", o0 * lanes, o1 * lanes, across_o * lanes):
                    nest.write(
                        f"{add}(x, dy, dw, xb, yb + o, {first * depth} + o,"
                        f" 0, {down.output}, 0, {across.output})"
                    )
    return nest.function()


def _tile(
    lanes: int, offsets: tuple[int, ...], width: int, depth: int, steps: tuple[int, int, int, int]
) -> Any:
    """The function that adds the positions of a band to one tile of dW."""
    ops = tile(len(offsets), width, lanes)
    load, store, outer = ops.load, ops.store, ops.outer(offsets)
    x_row, x_pixel, y_row, y_pixel = steps

    def add_positions(x, dy, dw, xb, yb, wb, i0, i1, j0, j1):
        tile = load(dw, wb, depth)
        for i in range(i0, i1):
            xi = xb + i * x_row + j0 * x_pixel
            yi = yb + i * y_row + j0 * y_pixel
            for _ in range(j0, j1):
                tile = outer(tile, x, xi, dy, yi)
                xi += x_pixel
                yi += y_pixel
        store(tile, dw, wb, depth)

    return subroutine(add_positions)
