"""The dense layer on the weights as they are, (outputs, inputs), without packing them.

    forward   Y[n,o] = b[o] + Σ_k X[n,k] · W[o,k]     dot products: lanes run along k
    input     dX[n,k] = Σ_o dY[n,o] · W[o,k]          outer products: vectors run along k
    weights   dW[o,k] = Σ_n dY[n,o] · X[n,k]          outer products, for some rows o at a time

Numbers beyond the last whole vector of k are done one by one.
"""

from __future__ import annotations

from typing import Any

from numba import types

from backlit.engines.fast.simd.lanes import registers
from backlit.engines.fast.simd.subroutine import subroutine
from backlit.engines.fast.simd.tiles import tile

from .blocks import blocks, tile_size
from .nest import Nest


def forward(lanes: int, inputs: int, outputs: int, source: int, target: int, bias: bool) -> Any:
    """Arguments: X rows, W, b, Y rows.

    Args:
        lanes: of the vectors.
        inputs: K.
        outputs: O.
        source: floats from row to row of X.
        target: the same of Y.
        bias: whether there is b.
    """
    images = 3 if registers(lanes) == 16 else 5
    nest = Nest("dense_forward")
    nest.arrays("x, w, b, y")
    nest.write("n = 0")
    for rows in (images, 1):
        with nest.block(f"while n + {rows} <= a[0]:"):
            for first, behind, columns in blocks(outputs, 4):
                dots = _dots(lanes, rows, columns, inputs, source, target, bias)
                with nest.loop("o", first, behind, columns):
                    nest.write(
                        f"{nest.named('dots', dots)}(x, w, b, y, n * {source}, o * {inputs}, o,"
                        f" n * {target} + o)"
                    )
            nest.write(f"n += {rows}")
    return nest.function()


def _dots(
    lanes: int, rows: int, columns: int, inputs: int, source: int, target: int, bias: bool
) -> Any:
    """Dot products of some images with some rows of W."""
    shape = tile(rows, columns, lanes)
    whole = inputs - inputs % lanes
    nest = Nest(
        "dots",
        "x, w, b, y, xb, wb, ob, yb",
        zeros=shape.zeros,
        inner=shape.inner(source, inputs),
        store_totals=shape.store_totals,
    )
    nest.write("tile = zeros()")
    with nest.loop("k", 0, whole, lanes):
        nest.write("tile = inner(tile, x, xb + k, w, wb + k)")
    nest.write(f"store_totals(tile, y, yb, {target})")
    if whole == inputs and not bias:
        return subroutine(nest.function())
    with nest.loop("row", rows), nest.loop("column", columns):
        nest.write(f"to = yb + row * {target} + column", "s = y[to]")
        if whole < inputs:
            with nest.loop("k", whole, inputs):
                nest.write(f"s += x[xb + row * {source} + k] * w[wb + column * {inputs} + k]")
        nest.write("y[to] = s + b[ob + column]" if bias else "y[to] = s")
    return subroutine(nest.function())


def input_gradient(
    lanes: int, inputs: int, outputs: int, source: int, target: int, accumulate: bool = False
) -> Any:
    """Arguments: dY rows, W, dX rows.

    Args:
        lanes: of the vectors.
        inputs: K.
        outputs: O.
        source: floats from row to row of dX, as of X.
        target: the same of dY.
        accumulate: whether to add to what is in dX.
    """
    vectors = inputs // lanes
    images, width = tile_size(64, vectors, registers(lanes)) if vectors else (1, 1)
    nest = Nest("dense_input_gradient", zero=types.float32(0.0))
    nest.arrays("dy, w, dx")
    nest.write("n = 0")
    for rows in dict.fromkeys((images, 1)):
        with nest.block(f"while n + {rows} <= a[0]:"):
            for first, behind, columns in blocks(vectors, width):
                add = _sum_over_outputs(
                    lanes, rows, columns, (inputs, outputs, source, target), accumulate
                )
                with nest.loop("k", first * lanes, behind * lanes, columns * lanes):
                    nest.write(
                        f"{nest.named('outer', add)}(dy, w, dx, n * {target}, k, n * {source} + k)"
                    )
            nest.write(f"n += {rows}")
    if inputs % lanes:
        with nest.loop("n", "a[0]"), nest.loop("k", vectors * lanes, inputs):
            nest.write(f"s = dx[n * {source} + k]" if accumulate else "s = zero")
            with nest.loop("o", outputs):
                nest.write(f"s += dy[n * {target} + o] * w[o * {inputs} + k]")
            nest.write(f"dx[n * {source} + k] = s")
    return nest.function()


def _sum_over_outputs(
    lanes: int, rows: int, columns: int, sizes: tuple[int, int, int, int], accumulate: bool
) -> Any:
    """Some vectors of dX of some images."""
    inputs, outputs, source, target = sizes
    shape = tile(rows, columns, lanes)
    load, zeros, store = shape.load, shape.zeros, shape.store
    outer = shape.outer([row * target for row in range(rows)])

    def of_tile(dy, w, dx, yb, wb, xb):
        sums = load(dx, xb, source) if accumulate else zeros()
        for o in range(outputs):
            sums = outer(sums, dy, yb + o, w, wb + o * inputs)
        store(sums, dx, xb, source)

    return subroutine(of_tile)


def weight_gradient(lanes: int, inputs: int, source: int, target: int, bias: bool) -> Any:
    """Arguments: X rows, dY, dW, db, number of images.  Units are outputs o.

    dY, dW and db begin at the first of these outputs.

    Args:
        lanes: of the vectors.
        inputs: K.
        source: floats from row to row of X.
        target: the same of dY.
        bias: whether db is wanted.
    """
    vectors = inputs // lanes
    images, width = tile_size(64, vectors, registers(lanes)) if vectors else (1, 1)
    nest = Nest("dense_weight_gradient", zero=types.float32(0.0))
    nest.arrays("x, dy, dw, db")
    nest.write("images = a[5]", "o = 0")
    for rows in dict.fromkeys((images, 1)):
        with nest.block(f"while o + {rows} <= a[0]:"):
            for first, behind, columns in blocks(vectors, width):
                add = _sum_over_images(lanes, rows, columns, inputs, source, target)
                with nest.loop("k", first * lanes, behind * lanes, columns * lanes):
                    nest.write(
                        f"{nest.named('outer', add)}(x, dy, dw, k, o, o * {inputs} + k, images)"
                    )
            nest.write(f"o += {rows}")
    with nest.loop("o", "a[0]"):
        with nest.loop("k", vectors * lanes, inputs):
            nest.write("s = zero")
            with nest.loop("n", "images"):
                nest.write(f"s += dy[n * {target} + o] * x[n * {source} + k]")
            nest.write(f"dw[o * {inputs} + k] = s")
        if bias:
            nest.write("s = zero")
            with nest.loop("n", "images"):
                nest.write(f"s += dy[n * {target} + o]")
            nest.write("db[o] = s")
    return nest.function()


def _sum_over_images(
    lanes: int, rows: int, columns: int, inputs: int, source: int, target: int
) -> Any:
    """Some vectors of dW of some outputs."""
    shape = tile(rows, columns, lanes)
    zeros, store, outer = shape.zeros, shape.store, shape.outer(range(rows))

    def of_tile(x, dy, dw, xb, yb, wb, images):
        sums = zeros()
        for n in range(images):
            sums = outer(sums, dy, yb + n * target, x, xb + n * source)
        store(sums, dw, wb, inputs)

    return subroutine(of_tile)
