"""Winograd's convolution F(4×4, 3×3): 36 multiplications for 16 outputs instead of 144.

    Y = Aᵀ·[ (G·W·Gᵀ) ⊙ (Bᵀ·X·B) ]·A        for each 6×6 square of X and 4×4 tile of Y

⊙ is a product number by number, and the sum over channels is taken inside the brackets.  So after
the transforms there are 36 products of matrices, [tiles × channels] · [channels × filters], which
are done in register tiles like everything else.  What the transforms cost is shared by all filters,
or all channels.

    dW = Gᵀ·[ Σ (A·dY·Aᵀ) ⊙ (Bᵀ·X·B) ]·G

is the same three transforms, transposed.  The input gradient is the convolution of dY with the
filters turned by 180°, or these transforms, transposed (:mod:`.winograd_input_gradient`).

The matrices are those of the points 0, 1, −1, 2, −2, ∞.  Their numbers up to 8 make rounding errors
grow: against the plain sum they are about ten times as large, and still below 10⁻⁵ of the largest
output.

Source: A. Lavin, S. Gray, "Fast algorithms for convolutional neural networks", 2016.
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import register_jitable

from backlit.engines.fast.simd.intrinsics import FLOATS, floats, intrinsics
from backlit.engines.fast.simd.subroutine import subroutine
from backlit.engines.fast.simd.tiles import tile
from backlit.engines.fast.simd.unroll import function_of
from backlit.engines.fast.simd.winograd_transform import (
    Matrix,
    winograd_transform,
    winograd_transform_at_border,
    winograd_transform_onto_map,
)

from .affine_index import AffineIndex
from .blocks import blocks
from .sizes import plane

TILE = 4  # outputs along one side
SQUARE = TILE + 2  # inputs along one side
PRODUCTS = SQUARE * SQUARE

BT: Matrix = (
    (4, 0, -5, 0, 1, 0),
    (0, -4, -4, 1, 1, 0),
    (0, 4, -4, -1, 1, 0),
    (0, -2, -1, 2, 1, 0),
    (0, 2, -1, -2, 1, 0),
    (0, 4, 0, -5, 0, 1),
)
G: Matrix = (
    (1 / 4, 0, 0),
    (-1 / 6, -1 / 6, -1 / 6),
    (-1 / 6, 1 / 6, -1 / 6),
    (1 / 24, 1 / 12, 1 / 6),
    (1 / 24, -1 / 12, 1 / 6),
    (0, 0, 1),
)
AT: Matrix = (
    (1, 1, 1, 1, 1, 0),
    (0, 1, -1, 2, -2, 0),
    (0, 1, 1, 4, 4, 0),
    (0, 1, -1, 8, -8, 1),
)
A: Matrix = tuple(zip(*AT, strict=True))
GT: Matrix = tuple(zip(*G, strict=True))

Steps = tuple[int, int, int]  # the floats from image to image, row to row, pixel to pixel


def transform_weights(lanes: int, inputs: int, outputs: int, width: int, way: str) -> Any:
    """Arguments: W (O, C, 3, 3), U [36][block of filters][c][filter in the block].

    Args:
        lanes: of the vectors.
        inputs: channels that are summed over.
        outputs: channels that come out.
        width: vectors in a tile of the products.
        way: "forward"; for the input gradient, where ``outputs`` are the weight's channels,
            "turned" by 180° or "exchanged" as they are.
    """
    simd = intrinsics(lanes)
    store, zero = simd.store, simd.zero
    transform = winograd_transform(G, lanes)
    vectors = -(-outputs // lanes)
    step_out, step_in = (inputs * 9, 9) if way == "forward" else (9, outputs * 9)
    first, step = (8, -1) if way == "turned" else (0, 1)
    size = inputs * vectors * lanes
    runs = blocks(vectors, width)

    @register_jitable
    def of_vector(weights: Any, u: Any, square: Any, o: Any, c: Any, at: Any) -> None:
        """The filters from o on, for one channel."""
        some = min(lanes, outputs - o)
        for tap in range(9):
            store(square, tap * lanes, zero())
            place = o * step_out + c * step_in + first + step * tap
            for lane in range(some):
                square[tap * lanes + lane] = weights[place + lane * step_out]
        transform(square, 0, 3 * lanes, lanes, u, at, size)

    lines = ["weights, u, square = floats(a, 1), floats(a, 2), floats(a, 3)"]
    for begin, behind, columns in runs:
        lines += [
            f"for q in range({begin}, {behind}, {columns}):",
            f" for c in range({inputs}):",
            f"  for k in range({columns}):",
            f"   at = (q * {inputs} + c * {columns} + k) * {lanes}",
            f"   of_vector(weights, u, square, (q + k) * {lanes}, c, at)",
        ]
    return function_of("a", lines, {"floats": floats, "of_vector": of_vector}, "winograd_weights")


def gather(lanes: int, channels: int, side: int, matrix: Matrix, steps: Steps, block: int) -> Any:
    """A subroutine ``gather(x, n, h, w, height, width, v, t, to, zeros)``.

    Transforms the square of an image whose corner lies at row h, column w, zeros outside the image,
    into ``v[to + p·plane + t·S + c]``, p = 0 … 35; S is ``channels`` in whole vectors.  At
    ``v[zeros]`` is a vector of zeros.
    """
    inner, border = winograd_transform(matrix, lanes), winograd_transform_at_border(matrix, lanes)
    stride, step = -(-channels // lanes) * lanes, plane(lanes, channels, block)
    image, row, pixel = steps

    def gather(x, n, h, w, height, width, v, t, to, zeros):
        at = n * image + h * row + w * pixel
        to += t * stride
        if h >= 0 and h + side <= height and w >= 0 and w + side <= width:
            for c in range(0, stride, lanes):
                inner(x, at + c, row, pixel, v, to + c, step)
        else:
            for c in range(0, stride, lanes):
                border(x, at + c, row, pixel, v, to + c, step, h, w, height, width, zeros)

    return subroutine(gather, FLOATS, *[types.intp] * 5, FLOATS, *[types.intp] * 3)


def convolution(
    lanes: int,
    inputs: int,
    outputs: int,
    source: Steps,
    target: Steps,
    rows: tuple[int, ...],
    columns: tuple[int, ...],
    begin: str,
    block: int,
    height: int,
    width: int,
    activation: tuple[str, float] | None = None,
) -> Any:
    """Arguments: X, U, biases (whole vectors), Y, scratch (:func:`.sizes.winograd_scratch`).

    Args:
        lanes: of the vectors.
        inputs: channels that are summed over.
        outputs: channels that come out.
        source: the :data:`Steps` of X.
        target: the same of Y.
        rows: an :class:`.AffineIndex` of three taps, without gaps or strides, along the rows.
        columns: one along the columns.
        begin: what the sum begins with: "bias", "zero", or "add" for what is in Y.
        block: tiles that are done at a time, a multiple of the height.
        height: tiles in a register tile of the products.
        width: vectors of filters in it.
        activation: applied to the sums before they are stored.
    """
    down, across = AffineIndex(*rows), AffineIndex(*columns)
    out_stride = -(-outputs // lanes) * lanes
    bend = None
    if activation is not None:
        from .activations import activation as activation_of

        bend = activation_of(*activation, lanes)
    names: dict[str, Any] = {
        "floats": floats,
        "min": min,
        "store": intrinsics(lanes).store,
        "zero": intrinsics(lanes).zero,
        "gather": gather(lanes, inputs, SQUARE, BT, source, block),
        "products": products(lanes, inputs, outputs, block, height, width),
        "onto_map": onto_map(AT, lanes, target, outputs, begin, bend, block),
    }
    across_tiles, tiles = tiles_of(down.positions, across.positions)
    behind_v = PRODUCTS * plane(lanes, inputs, block)
    behind_m = behind_v + PRODUCTS * plane(lanes, outputs, block)
    lines = [
        "x, u, b, y, v = floats(a, 1), floats(a, 2), floats(a, 3), floats(a, 4), floats(a, 5)",
        f"m, zeros = {behind_v}, {behind_m}",
        "store(v, zeros, zero())",
        f"total = a[0] * {tiles}",
        f"for first in range(0, total, {block}):",
        f" count = min({block}, total - first)",
        " for t in range(count):",
        *lines_of_place(across_tiles, tiles, "  "),
        f"  gather(x, n, i + {down.first}, j + {across.first}, {down.size}, {across.size},"
        " v, t, 0, zeros)",
        " products(v, u, m, count)",
        " for t in range(count):",
        *lines_of_place(across_tiles, tiles, "  "),
        f"  onto_map(v, m + t * {out_stride}, b, y, n, i, j,"
        f" {down.positions} - i, {across.positions} - j)",
    ]
    return function_of("a", lines, names, "winograd")


def tiles_of(height: int, width: int) -> tuple[int, int]:
    """(tiles in a row, tiles in all) of a map."""
    across = -(-width // TILE)
    return across, across * -(-height // TILE)


def lines_of_place(across: int, tiles: int, indent: str) -> list[str]:
    """Lines for the image n, row i and column j where tile number ``first + t`` begins."""
    return [
        f"{indent}n = (first + t) // {tiles}",
        f"{indent}rest = (first + t) - n * {tiles}",
        f"{indent}i = rest // {across} * {TILE}",
        f"{indent}j = rest % {across} * {TILE}",
    ]


def products(lanes: int, inputs: int, outputs: int, block: int, height: int, width: int) -> Any:
    """The 36 matrix products [tiles × channels] · [channels × filters] of one block."""
    vectors = -(-outputs // lanes)
    stride, out_stride = -(-inputs // lanes) * lanes, vectors * lanes
    step, out_step = plane(lanes, inputs, block), plane(lanes, outputs, block)
    names: dict[str, Any] = {}
    lines = [f"for p in range({PRODUCTS}):"]
    for first, behind, columns in blocks(vectors, width):
        lines += [
            f" for q in range({first}, {behind}, {columns}):",
            f"  up = (p * {vectors} + q) * {inputs * lanes}",
        ]
        name = f"product{len(names)}"
        names[name] = _product(lanes, height, columns, inputs, stride, out_stride)
        lines += [
            f"  for t in range(0, count, {height}):",
            f"   {name}(v, u, p * {step} + t * {stride}, up,"
            f" m + p * {out_step} + t * {out_stride} + q * {lanes})",
        ]
    function = function_of("v, u, m, count", lines, names, "products")
    return subroutine(function, FLOATS, FLOATS, types.intp, types.intp)


def _product(
    lanes: int, height: int, columns: int, inputs: int, stride: int, out_stride: int
) -> Any:
    ops = tile(height, columns, lanes)
    zeros, store = ops.zeros, ops.store
    outer = ops.outer([row * stride for row in range(height)])
    step = columns * lanes

    def product(v, u, at, up, to):
        tile = zeros()
        for c in range(inputs):
            tile = outer(tile, v, at + c, u, up)
            up += step
        store(tile, v, to, out_stride)

    return subroutine(product, FLOATS, FLOATS, *[types.intp] * 3)


def onto_map(
    matrix: Matrix,
    lanes: int,
    steps: Steps,
    outputs: int,
    begin: str,
    activation: Any,
    block: int,
) -> Any:
    """A subroutine ``onto_map(v, at, b, y, n, i, j, rows, columns)``.

    Transforms a tile of products back, and writes so many of its rows and columns at row i, column
    j of image n.
    """
    onto = winograd_transform_onto_map(matrix, lanes, begin, activation)
    image, row, pixel = steps
    stride, step = -(-outputs // lanes) * lanes, plane(lanes, outputs, block)

    def onto_map(v, at, b, y, n, i, j, rows, columns):
        to = n * image + i * row + j * pixel
        for o in range(0, stride, lanes):
            onto(v, at + o, step, b, o, y, to + o, row, pixel, rows, columns)

    return subroutine(onto_map, FLOATS, types.intp, FLOATS, FLOATS, *[types.intp] * 5)
