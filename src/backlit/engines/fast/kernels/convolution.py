"""Convolution, forward and to the input, as a sum of outer products in register tiles.

    Y[n,i,j,o] = b[o] + Σ_{u,v,c} X[n, a, e, c] · W[u,v,c,o]        channels last

A tile holds P neighboring positions j and Q vectors of filters o.  For each weight position and
channel, P inputs are broadcast and meet Q vectors of weights.  Taps that lie outside the image are
left out: of the rows by the range of the loop, of the columns by tiles for the borders in which
those products are missing.  The input gradient is the same sum with other indices
(:mod:`.affine_index`).
"""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.simd.lanes import registers
from backlit.engines.fast.simd.subroutine import subroutine
from backlit.engines.fast.simd.tiles import tile

from .affine_index import AffineIndex
from .blocks import blocks, tile_size
from .nest import Nest


def convolution(
    lanes: int,
    groups: int,
    inputs: int,
    outputs: int,
    source: tuple[int, int, int],
    target: tuple[int, int, int],
    rows: tuple[int, ...],
    columns: tuple[int, ...],
    begin: str,
    activation: tuple[str, float] | None = None,
) -> Any:
    """Arguments: X, packed weights, biases (padded to whole vectors), Y.

    Args:
        lanes: of the vectors.
        groups: of channels, which do not see each other.
        inputs: channels that are summed over, in each group.
        outputs: channels that come out, of each group.
        source: of X, the floats from image to image, row to row, pixel to pixel.
        target: the same of Y.
        rows: an :class:`.AffineIndex` along the rows.
        columns: one along the columns.
        begin: what the sum begins with: "bias", "zero", or "add" for what is in Y.
        activation: applied to the sums before they are stored.
    """
    across, down = AffineIndex(*columns), AffineIndex(*rows)
    vectors = -(-outputs // lanes)
    positions, width = tile_size(across.positions, vectors, registers(lanes))
    depth = down.taps * across.taps * inputs  # weights of one filter
    nest = Nest("convolution")
    nest.arrays("x, w, b, y")
    with nest.loop("n", "a[0]"), nest.loop("g", groups), nest.loop("t", down.positions):
        nest.row_of_taps(down, across, source, target, (inputs, outputs))
        for first, behind, columns_of_tile in _apart(blocks(vectors, width), groups):
            # With groups, the last vector of one group would run over into the next.
            whole = outputs - first * lanes if groups > 1 and behind == vectors else None
            with nest.loop("q", first, behind, columns_of_tile):
                nest.write(
                    f"wq = (g * {vectors} + q) * {depth * lanes}",
                    f"bq = g * {outputs} + q * {lanes}",
                )
                for t0, t1, size, pattern in runs(across, positions):
                    compute = _tile(
                        lanes, size, columns_of_tile, pattern, inputs, source, target, down,
                        across, begin, activation, whole,
                    )  # fmt: skip
                    with nest.loop("s", t0, t1, size):
                        nest.write(
                            f"{nest.named('tile', compute)}(x, w, b, y,"
                            f" xr + s * {across.pace * source[2]}, wq, bq,"
                            f" yr + s * {across.step * target[2]} + q * {lanes}, k0, k1)"
                        )
    return nest.function()


def _apart(runs_of_blocks: list[tuple[int, int, int]], groups: int) -> list[tuple[int, int, int]]:
    """With groups the last block is a run of its own."""
    *others, (first, behind, width) = runs_of_blocks
    if groups > 1 and behind - first > width:
        others.append((first, behind - width, width))
        first = behind - width
    return [*others, (first, behind, width)]


Pattern = tuple[tuple[int, ...], ...]  # for each tap, the positions of a tile that it feeds


def runs(index: AffineIndex, positions: int) -> list[tuple[int, int, int, Pattern]]:
    """(first position, behind the last, tile size, pattern) of the runs of like tiles in a row."""
    found: list[tuple[int, int, int, Pattern]] = []
    for t in range(0, index.positions, positions):
        size = min(positions, index.positions - t)
        valid = [range(*index.valid(t + p)) for p in range(size)]
        pattern = tuple(tuple(p for p in range(size) if k in valid[p]) for k in range(index.taps))
        if found and found[-1][2:] == (size, pattern):
            found[-1] = (found[-1][0], t + size, size, pattern)
        else:
            found.append((t, t + size, size, pattern))
    return found


def _tile(
    lanes: int,
    size: int,
    width: int,
    pattern: Pattern,
    inputs: int,
    source: tuple[int, int, int],
    target: tuple[int, int, int],
    down: AffineIndex,
    across: AffineIndex,
    begin: str,
    activation: tuple[str, float] | None,
    whole: int | None,
) -> Any:
    """The function that computes one tile; ``whole`` numbers of each row are stored if given."""
    ops = tile(size, width, lanes)
    block = width * lanes
    nest = tile_nest("convolution_tile", ops, begin, across.step * target[2])
    with nest.loop("k", "k0", "k1"):
        nest.write(
            f"xk = xb + k * {down.gap * source[1]}",
            f"wk = wb + k * {across.taps * inputs * block}",
        )
        rows, offsets = _taps(pattern, size, inputs, across, source[2])
        for k, (positions, length) in enumerate(rows):
            if not positions:
                nest.write(f"wk += {length * block}")
                continue
            outer = nest.named("outer", ops.outer(offsets[k], positions))
            with nest.loop("c", length):
                nest.write(f"tile = {outer}(tile, x, xk + c, w, wk)", f"wk += {block}")
    return finished_tile(nest, ops, lanes, across.step * target[2], activation, whole)


def tile_nest(kind: str, ops: Any, begin: str, step: int) -> Nest:
    """Begins the function that computes a tile of Y, with what its sum begins with.

    Args:
        kind: the function's name.
        ops: operations on the tile.
        begin: "bias", "zero", or "add" for what is in Y.
        step: floats from position to position of Y.
    """
    nest = Nest(kind, "x, w, b, y, xb, wb, bq, yb, k0, k1", fill=ops.fill, zeros=ops.zeros)
    load = nest.named("load", ops.load)
    starts = {"bias": "fill(b, bq)", "zero": "zeros()", "add": f"{load}(y, yb, {step})"}
    nest.write(f"tile = {starts[begin]}")
    return nest


def finished_tile(
    nest: Nest,
    ops: Any,
    lanes: int,
    step: int,
    activation: tuple[str, float] | None,
    whole: int | None = None,
) -> Any:
    """Lets the sums go through an activation and stores them; gives the function.

    Args:
        nest: what was written so far.
        ops: operations on the tile.
        lanes: of the vectors.
        step: floats from position to position of Y.
        activation: of the sums, if any.
        whole: how many numbers of each position are stored; None for all.
    """
    nest.bend(ops, activation, lanes)
    if whole is None:
        nest.write(f"{nest.named('store', ops.store)}(tile, y, yb, {step})")
    else:
        nest.write(f"{nest.named('store', ops.store_some)}(tile, y, yb, {step}, {whole})")
    return subroutine(nest.function())


def _taps(
    pattern: Pattern, size: int, inputs: int, across: AffineIndex, pixel: int
) -> tuple[list[tuple[tuple[int, ...], int]], list[list[int]]]:
    """(positions, numbers in a row) for each tap of a tile, and each position's offset in X.

    Inside the image, where channels follow each other without gaps, all taps are one long row.
    """
    everywhere = tuple(range(size))
    dense = across.gap == 1 and pixel == inputs and across.taps > 0
    if dense and all(positions == everywhere for positions in pattern):
        offsets = [(p * across.pace + across.first) * pixel for p in everywhere]
        return [(everywhere, inputs * across.taps)], [offsets]
    offsets_of_taps = [
        [(p * across.pace + across.first + across.gap * k) * pixel for p in everywhere]
        for k in range(across.taps)
    ]
    return [(positions, inputs) for positions in pattern], offsets_of_taps
