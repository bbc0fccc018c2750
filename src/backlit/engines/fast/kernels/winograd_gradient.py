"""The gradient of the filters by Winograd's transforms, transposed; see :mod:`.winograd`."""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.simd.intrinsics import intrinsics
from backlit.engines.fast.simd.lanes import registers
from backlit.engines.fast.simd.subroutine import subroutine
from backlit.engines.fast.simd.tiles import tile
from backlit.engines.fast.simd.winograd_transform import winograd_transform
from backlit.pure.window import Axis

from .blocks import blocks, tile_size
from .nest import Nest, Steps
from .sizes import plane
from .winograd import (
    BT,
    GT,
    PRODUCTS,
    SQUARE,
    TILE,
    A,
    blocks_of_tiles,
    gather,
    place_of_tile,
)


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
    nest = Nest(
        "winograd_gradient",
        store=intrinsics(lanes).store,
        zero=intrinsics(lanes).zero,
        clear=_clear(lanes, inputs, outputs, block),
        gather=gather(lanes, inputs, SQUARE, BT, source, block),
        gather_error=gather(lanes, outputs, TILE, A, target, block),
        products=_products(lanes, inputs, outputs, block),
    )
    nest.arrays("x, dy, du, v")
    nest.write(
        f"m = {behind_v}",
        f"zeros = {behind_v + PRODUCTS * plane(lanes, outputs, block)}",
        "store(v, zeros, zero())",
    )
    size = down.output, across.output
    with blocks_of_tiles(nest, size, block):
        with place_of_tile(nest, size, "count"):
            nest.write(
                f"gather(x, n, i - {down.before}, j - {across.before}, {down.size}, {across.size},"
                " v, t, 0, zeros)",
                f"gather_error(dy, n, i, j, {down.output}, {across.output}, v, t, m, zeros)",
            )
        with nest.loop("t", "count", block):
            nest.write("clear(v, t, m)")
        nest.write("products(v, m, du)")
    return nest.function()


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

    return subroutine(clear)


def _products(lanes: int, inputs: int, outputs: int, block: int) -> Any:
    """The 36 matrix products [channels × tiles] · [tiles × filters] of one block."""
    vectors = -(-outputs // lanes)
    stride, out_stride = -(-inputs // lanes) * lanes, vectors * lanes
    step, out_step = plane(lanes, inputs, block), plane(lanes, outputs, block)
    height, width = tile_size(inputs, vectors, registers(lanes))
    nest = Nest("products", "v, m, du")
    with nest.loop("p", PRODUCTS):
        for c0, c1, size in blocks(inputs, height):
            for o0, o1, across in blocks(vectors, width):
                add = _product(lanes, size, across, stride, out_stride, block)
                with (
                    nest.loop("c", c0, c1, size),
                    nest.loop("o", o0 * lanes, o1 * lanes, across * lanes),
                ):
                    nest.write(
                        f"{nest.named('product', add)}(v, p * {step} + c, m + p * {out_step} + o,"
                        f" du, (p * {inputs} + c) * {out_stride} + o)"
                    )
    return subroutine(nest.function())


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

    return subroutine(product)


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

    @subroutine
    def scatter(dw: Any, scratch: Any, c: Any, o: Any) -> None:
        transform(scratch, 0, SQUARE * lanes, lanes, scratch, PRODUCTS * lanes, lanes)
        for tap in range(9):
            for lane in range(min(lanes, outputs - o)):
                value = scratch[(PRODUCTS + tap) * lanes + lane]
                dw[((o + lane) * inputs + c) * 9 + tap] = value

    added = " + ".join(f"load(p{k}, at)" for k in range(parts))
    nest = Nest("winograd_finish", load=simd.load, store=store, scatter=scatter)
    nest.write(f"dw, scratch = floats(a, 1), floats(a, {parts + 2})")
    nest.parts("p", parts)
    with nest.loop("c", inputs), nest.loop("o", 0, stride, lanes):
        nest.write(f"at = c * {stride} + o")
        with nest.loop("p", PRODUCTS):
            nest.write(f"store(scratch, p * {lanes}, {added})", f"at += {size}")
        nest.write("scatter(dw, scratch, c, o)")
    return nest.function()
