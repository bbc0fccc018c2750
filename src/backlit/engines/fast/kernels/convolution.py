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

from numba import types

from backlit.engines.fast.simd.intrinsics import FLOATS, floats
from backlit.engines.fast.simd.lanes import registers
from backlit.engines.fast.simd.subroutine import subroutine
from backlit.engines.fast.simd.tiles import tile
from backlit.engines.fast.simd.unroll import function_of

from .affine_index import AffineIndex
from .blocks import blocks, tile_size


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
    names: dict[str, Any] = {"floats": floats, "max": max, "min": min}
    depth = down.taps * across.taps * inputs  # weights of one filter
    lines = [
        "x, w, b, y = floats(a, 1), floats(a, 2), floats(a, 3), floats(a, 4)",
        "for n in range(a[0]):",
        f" for g in range({groups}):",
        f"  for t in range({down.positions}):",
        f"   at = {down.pace} * t + {down.first}",
        f"   k0 = max(0, -(at // {down.gap}))",
        f"   k1 = min({down.taps}, -((at - {down.size}) // {down.gap}))",
        f"   xr = n * {source[0]} + at * {source[1]} + g * {inputs}",
        f"   yr = n * {target[0]} + ({down.start} + {down.step} * t) * {target[1]}"
        f" + {across.start * target[2]} + g * {outputs}",
    ]
    for first, behind, columns_of_tile in _apart(blocks(vectors, width), groups):
        # With groups, the last vector of one group would run over into the next.
        whole = outputs - first * lanes if groups > 1 and behind == vectors else None
        lines += [
            f"   for q in range({first}, {behind}, {columns_of_tile}):",
            f"    wq = (g * {vectors} + q) * {depth * lanes}",
            f"    bq = g * {outputs} + q * {lanes}",
        ]
        for t0, t1, size, pattern in runs(across, positions):
            name = f"tile{len(names)}"
            names[name] = _tile(
                lanes, size, columns_of_tile, pattern, inputs, source, target, down, across,
                begin, activation, whole,
            )  # fmt: skip
            lines += [
                f"    for s in range({t0}, {t1}, {size}):",
                f"     {name}(x, w, b, y, xr + s * {across.pace * source[2]}, wq, bq,"
                f" yr + s * {across.step * target[2]} + q * {lanes}, k0, k1)",
            ]
    return function_of("a", lines, names, "convolution")


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
    names: dict[str, Any] = {"fill": ops.fill, "zeros": ops.zeros, "load": ops.load}
    starts = {
        "bias": "fill(b, bq)",
        "zero": "zeros()",
        "add": f"load(y, yb, {across.step * target[2]})",
    }
    lines = [
        f"tile = {starts[begin]}",
        "for k in range(k0, k1):",
        f" xk = xb + k * {down.gap * source[1]}",
        f" wk = wb + k * {across.taps * inputs * block}",
    ]
    rows, offsets = _taps(pattern, size, inputs, across, source[2])
    for k, (positions, length) in enumerate(rows):
        names[f"outer{k}"] = ops.outer(offsets[k], positions)
        lines += [
            f" for c in range({length}):",
            f"  tile = outer{k}(tile, x, xk + c, w, wk)",
            f"  wk += {block}",
        ]
        if not positions:
            lines[-3:] = [f" wk += {length * block}"]
    if activation is not None:
        from .activations import activation as activation_of

        names["bend"] = ops.map(activation_of(*activation, lanes))
        lines.append("tile = bend(tile)")
    end = "store(tile, y, yb, {step})" if whole is None else "store_some(tile, y, yb, {step}, {n})"
    lines.append(end.format(step=across.step * target[2], n=whole))
    names |= {"store": ops.store, "store_some": ops.store_some}
    signature = "x, w, b, y, xb, wb, bq, yb, k0, k1"
    function = function_of(signature, lines, names, "convolution_tile")
    return subroutine(function, *[FLOATS] * 4, *[types.intp] * 6)


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
