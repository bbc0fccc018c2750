"""The gradient of the filters by Winograd's transforms, transposed; see :mod:`.winograd`."""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import register_jitable

from backlit.engines.fast.simd.intrinsics import FLOATS, floats, intrinsics
from backlit.engines.fast.simd.lanes import registers
from backlit.engines.fast.simd.subroutine import subroutine
from backlit.engines.fast.simd.tiles import tile
from backlit.engines.fast.simd.unroll import function_of
from backlit.engines.fast.simd.winograd_transform import winograd_transform
from backlit.pure.window import Axis

from .blocks import blocks, tile_size
from .sizes import plane
from .winograd import BT, GT, PRODUCTS, SQUARE, TILE, A, Steps, gather, lines_of_place, tiles_of


def filter_gradient(
    lanes: int,
    inputs: int,
    outputs: int,
    source: Steps,
    target: Steps,
    rows: tuple[int, ...],
    columns: tuple[int, ...],
    block: int,
) -> Any:
    """Arguments: X, dY, dU [36][c][filters, whole vectors], which is added to, and scratch.

    Args:
        lanes: of the vectors.
        inputs: channels.
        outputs: filters.
        source: the :data:`Steps` of X.
        target: the :data:`Steps` of dY.
        rows: an :class:`backlit.pure.window.Axis` of three taps, as numbers.
        columns: one along the columns.
        block: tiles that are done at a time.
    """
    down, across = Axis(*rows), Axis(*columns)
    behind_v = PRODUCTS * plane(lanes, inputs, block)
    names: dict[str, Any] = {
        "floats": floats,
        "min": min,
        "store": intrinsics(lanes).store,
        "zero": intrinsics(lanes).zero,
        "clear": _clear(lanes, inputs, outputs, block),
        "gather": gather(lanes, inputs, SQUARE, BT, source, block),
        "gather_error": gather(lanes, outputs, TILE, A, target, block),
        "products": _products(lanes, inputs, outputs, block),
    }
    across_tiles, tiles = tiles_of(down.output, across.output)
    lines = [
        "x, dy, du, v = floats(a, 1), floats(a, 2), floats(a, 3), floats(a, 4)",
        f"m = {behind_v}",
        f"zeros = {behind_v + PRODUCTS * plane(lanes, outputs, block)}",
        "store(v, zeros, zero())",
        f"total = a[0] * {tiles}",
        f"for first in range(0, total, {block}):",
        f" count = min({block}, total - first)",
        " for t in range(count):",
        *lines_of_place(across_tiles, tiles, "  "),
        f"  gather(x, n, i - {down.before}, j - {across.before}, {down.size}, {across.size},"
        " v, t, 0, zeros)",
        f"  gather_error(dy, n, i, j, {down.output}, {across.output}, v, t, m, zeros)",
        f" for t in range(count, {block}):",
        "  clear(v, t, m)",
        " products(v, m, du)",
    ]
    return function_of("a", lines, names, "winograd_gradient")


def _clear(lanes: int, inputs: int, outputs: int, block: int) -> Any:
    """Zeros where a block has no tile: what is left there from another may be anything."""
    store, zero = intrinsics(lanes).store, intrinsics(lanes).zero
    stride, out_stride = (-(-count // lanes) * lanes for count in (inputs, outputs))
    step, out_step = plane(lanes, inputs, block), plane(lanes, outputs, block)

    def clear(v, t, m):
        for p in range(PRODUCTS):
            for c in range(0, stride, lanes):
                store(v, p * step + t * stride + c, zero())
            for o in range(0, out_stride, lanes):
                store(v, m + p * out_step + t * out_stride + o, zero())

    return subroutine(clear, FLOATS, types.intp, types.intp)


def _products(lanes: int, inputs: int, outputs: int, block: int) -> Any:
    """The 36 matrix products [channels × tiles] · [tiles × filters] of one block."""
    vectors = -(-outputs // lanes)
    stride, out_stride = -(-inputs // lanes) * lanes, vectors * lanes
    step, out_step = plane(lanes, inputs, block), plane(lanes, outputs, block)
    height, width = tile_size(inputs, vectors, registers(lanes))
    names: dict[str, Any] = {}
    lines = [f"for p in range({PRODUCTS}):"]
    for first_c, behind_c, size in blocks(inputs, height):
        for first_o, behind_o, across in blocks(vectors, width):
            name = f"product{len(names)}"
            names[name] = _product(lanes, size, across, stride, out_stride, block)
            lines += [
                f" for c in range({first_c}, {behind_c}, {size}):",
                f"  for o in range({first_o * lanes}, {behind_o * lanes}, {across * lanes}):",
                f"   {name}(v, p * {step} + c, m + p * {out_step} + o,"
                f" du, (p * {inputs} + c) * {out_stride} + o)",
            ]
    function = function_of("v, m, du", lines, names, "products")
    return subroutine(function, FLOATS, types.intp, FLOATS)


def _product(lanes: int, size: int, across: int, stride: int, out_stride: int, block: int) -> Any:
    ops = tile(size, across, lanes)
    load, store, outer = ops.load, ops.store, ops.outer(range(size))

    def product(v, at, error, du, to):
        tile = load(du, to, out_stride)
        for _ in range(block):
            tile = outer(tile, v, at, v, error)
            at += stride
            error += out_stride
        store(tile, du, to, out_stride)

    return subroutine(product, FLOATS, types.intp, types.intp, FLOATS, types.intp)


def finish(lanes: int, inputs: int, outputs: int, parts: int) -> Any:
    """Arguments: dW (O, C, 3, 3), dU of part 0, part 1, …, scratch of 45 vectors.

    Args:
        lanes: of the vectors.
        inputs: channels.
        outputs: filters.
        parts: how many threads had a part.
    """
    simd = intrinsics(lanes)
    store = simd.store
    transform = winograd_transform(GT, lanes)
    stride = -(-outputs // lanes) * lanes
    size = inputs * stride

    @register_jitable
    def scatter(dw: Any, scratch: Any, c: Any, o: Any) -> None:
        transform(scratch, 0, SQUARE * lanes, lanes, scratch, PRODUCTS * lanes, lanes)
        for tap in range(9):
            for lane in range(min(lanes, outputs - o)):
                value = scratch[(PRODUCTS + tap) * lanes + lane]
                dw[((o + lane) * inputs + c) * 9 + tap] = value

    added = " + ".join(f"load(p{k}, at)" for k in range(parts))
    lines = [
        f"dw, scratch = floats(a, 1), floats(a, {parts + 2})",
        *(f"p{k} = floats(a, {k + 2})" for k in range(parts)),
        f"for c in range({inputs}):",
        f" for o in range(0, {stride}, {lanes}):",
        f"  at = c * {stride} + o",
        f"  for p in range({PRODUCTS}):",
        f"   store(scratch, p * {lanes}, {added})",
        f"   at += {size}",
        "  scatter(dw, scratch, c, o)",
    ]
    names = {"floats": floats, "load": simd.load, "store": store, "scatter": scatter}
    return function_of("a", lines, names, "winograd_finish")
