"""The dense layer on the weights as they are, (outputs, inputs), without packing them.

    forward   Y[n,o] = b[o] + Σ_k X[n,k] · W[o,k]     dot products: lanes run along k
    input     dX[n,k] = Σ_o dY[n,o] · W[o,k]          outer products: vectors run along k
    weights   dW[o,k] = Σ_n dY[n,o] · X[n,k]          outer products, for some rows o at a time

Numbers beyond the last whole vector of k are done one by one.
"""

from __future__ import annotations

from typing import Any

from numba import types

from backlit.engines.fast.simd.intrinsics import FLOATS, floats, intrinsics
from backlit.engines.fast.simd.lanes import registers
from backlit.engines.fast.simd.subroutine import subroutine
from backlit.engines.fast.simd.tiles import tile
from backlit.engines.fast.simd.unroll import function_of

from .blocks import blocks, tile_size


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
    names: dict[str, Any] = {"floats": floats}
    lines = ["x, w, b, y = floats(a, 1), floats(a, 2), floats(a, 3), floats(a, 4)", "n = 0"]
    for rows in (images, 1):
        lines += [f"while n + {rows} <= a[0]:"]
        for first, behind, columns in blocks(outputs, 4):
            name = f"dots{len(names)}"
            names[name] = _dots(lanes, rows, columns, inputs, source, target, bias)
            lines += [
                f" for o in range({first}, {behind}, {columns}):",
                f"  {name}(x, w, b, y, n * {source}, o * {inputs}, o, n * {target} + o)",
            ]
        lines.append(f" n += {rows}")
    return function_of("a", lines, names, "dense_forward")


def _dots(
    lanes: int, rows: int, columns: int, inputs: int, source: int, target: int, bias: bool
) -> Any:
    """Dot products of some images with some rows of W."""
    shape = tile(rows, columns, lanes)
    whole = inputs - inputs % lanes
    names: dict[str, Any] = {
        "zeros": shape.zeros,
        "inner": shape.inner(source, inputs),
        "total": intrinsics(lanes).total,
    }
    lines = [
        "tile = zeros()",
        f"for k in range(0, {whole}, {lanes}):",
        " tile = inner(tile, x, xb + k, w, wb + k)",
    ]
    for row in range(rows):
        for column in range(columns):
            names[f"at{row}_{column}"] = shape.at(row, column)
            lines.append(f"s = total(at{row}_{column}(tile))")
            if whole < inputs:
                lines += [
                    f"for k in range({whole}, {inputs}):",
                    f" s += x[xb + {row * source} + k] * w[wb + {column * inputs} + k]",
                ]
            end = f"s + b[ob + {column}]" if bias else "s"
            lines.append(f"y[yb + {row * target + column}] = {end}")
    function = function_of("x, w, b, y, xb, wb, ob, yb", lines, names, "dots")
    return subroutine(function, *[FLOATS] * 4, *[types.intp] * 4)


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
    names: dict[str, Any] = {"floats": floats}
    lines = ["dy, w, dx = floats(a, 1), floats(a, 2), floats(a, 3)", "n = 0"]
    for rows in dict.fromkeys((images, 1)):
        lines.append(f"while n + {rows} <= a[0]:")
        for first, behind, columns in blocks(vectors, width):
            name = f"outer{len(names)}"
            names[name] = _sum_over_outputs(
                lanes, rows, columns, (inputs, outputs, source, target), accumulate
            )
            lines += [
                f" for k in range({first * lanes}, {behind * lanes}, {columns * lanes}):",
                f"  {name}(dy, w, dx, n * {target}, k, n * {source} + k)",
            ]
        lines.append(f" n += {rows}")
    if inputs % lanes:
        begin = f"dx[n * {source} + k]" if accumulate else "zero"
        lines += [
            "for n in range(a[0]):",
            f" for k in range({vectors * lanes}, {inputs}):",
            f"  s = {begin}",
            f"  for o in range({outputs}):",
            f"   s += dy[n * {target} + o] * w[o * {inputs} + k]",
            f"  dx[n * {source} + k] = s",
        ]
        names["zero"] = types.float32(0.0)
    return function_of("a", lines, names, "dense_input_gradient")


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

    return subroutine(of_tile, *[FLOATS] * 3, *[types.intp] * 3)


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
    names: dict[str, Any] = {"floats": floats, "zero": types.float32(0.0)}
    lines = [
        "x, dy, dw, db, images = floats(a, 1), floats(a, 2), floats(a, 3), floats(a, 4), a[5]",
        "o = 0",
    ]
    for rows in dict.fromkeys((images, 1)):
        lines.append(f"while o + {rows} <= a[0]:")
        for first, behind, columns in blocks(vectors, width):
            name = f"outer{len(names)}"
            names[name] = _sum_over_images(lanes, rows, columns, inputs, source, target)
            lines += [
                f" for k in range({first * lanes}, {behind * lanes}, {columns * lanes}):",
                f"  {name}(x, dy, dw, k, o, o * {inputs} + k, images)",
            ]
        lines.append(f" o += {rows}")
    lines += [
        "for o in range(a[0]):",
        f" for k in range({vectors * lanes}, {inputs}):",
        "  s = zero",
        "  for n in range(images):",
        f"   s += dy[n * {target} + o] * x[n * {source} + k]",
        f"  dw[o * {inputs} + k] = s",
    ]
    if bias:
        lines += [
            " s = zero",
            " for n in range(images):",
            f"  s += dy[n * {target} + o]",
            " db[o] = s",
        ]
    return function_of("a", lines, names, "dense_weight_gradient")


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

    return subroutine(of_tile, *[FLOATS] * 3, *[types.intp] * 4)
