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

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from backlit.engines.fast.simd.intrinsics import intrinsics
from backlit.engines.fast.simd.subroutine import subroutine
from backlit.engines.fast.simd.tiles import tile
from backlit.engines.fast.simd.winograd_transform import (
    Matrix,
    winograd_transform,
    winograd_transform_at_border,
    winograd_transform_onto_map,
)

from .affine_index import AffineIndex
from .blocks import blocks
from .nest import Nest, Steps
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

    @subroutine
    def of_vector(weights: Any, u: Any, square: Any, o: Any, c: Any, at: Any) -> None:
        """The filters from o on, for one channel."""
        some = min(lanes, outputs - o)
        for tap in range(9):
            store(square, tap * lanes, zero())
            place = o * step_out + c * step_in + first + step * tap
            for lane in range(some):
                square[tap * lanes + lane] = weights[place + lane * step_out]
        transform(square, 0, 3 * lanes, lanes, u, at, size)

    nest = Nest("winograd_weights", of_vector=of_vector)
    nest.arrays("weights, u, square")
    for begin, behind, columns in runs:
        with (
            nest.loop("q", begin, behind, columns),
            nest.loop("c", inputs),
            nest.loop("k", columns),
        ):
            nest.write(
                f"at = (q * {inputs} + c * {columns} + k) * {lanes}",
                f"of_vector(weights, u, square, (q + k) * {lanes}, c, at)",
            )
    return nest.function()


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

    return subroutine(gather)


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
    behind_v = PRODUCTS * plane(lanes, inputs, block)
    behind_m = behind_v + PRODUCTS * plane(lanes, outputs, block)
    nest = Nest(
        "winograd",
        store=intrinsics(lanes).store,
        zero=intrinsics(lanes).zero,
        gather=gather(lanes, inputs, SQUARE, BT, source, block),
        products=products(lanes, inputs, outputs, block, height, width),
        onto_map=onto_map(AT, lanes, target, outputs, begin, bend, block),
    )
    nest.arrays("x, u, b, y, v")
    nest.write(f"m, zeros = {behind_v}, {behind_m}", "store(v, zeros, zero())")
    size = down.positions, across.positions
    return transformed(
        nest,
        size,
        block,
        f"gather(x, n, i + {down.first}, j + {across.first}, {down.size}, {across.size},"
        " v, t, 0, zeros)",
        f"onto_map(v, m + t * {out_stride}, b, y, n, i, j,"
        f" {down.positions} - i, {across.positions} - j)",
    )


def transformed(nest: Nest, size: tuple[int, int], block: int, there: str, back: str) -> Any:
    """Ends a nest that transforms tiles, multiplies them, and transforms the products back.

    Args:
        nest: what was written so far.
        size: (height, width) of the map that is cut into tiles.
        block: tiles that are done at a time.
        there: the call that transforms a tile.
        back: the one that transforms its products back.
    """
    with blocks_of_tiles(nest, size, block):
        with place_of_tile(nest, size, "count"):
            nest.write(there)
        nest.write("products(v, u, m, count)")
        with place_of_tile(nest, size, "count"):
            nest.write(back)
    return nest.function()


def tiles_of(size: tuple[int, int]) -> tuple[int, int]:
    """(tiles in a row, tiles in all) of a map of that height and width."""
    across = -(-size[1] // TILE)
    return across, across * -(-size[0] // TILE)


@contextmanager
def blocks_of_tiles(nest: Nest, size: tuple[int, int], block: int) -> Iterator[None]:
    """For all tiles of all images: ``count`` of them at a time, from number ``first`` on."""
    nest.write(f"total = a[0] * {tiles_of(size)[1]}")
    with nest.loop("first", 0, "total", block):
        nest.write(f"count = min({block}, total - first)")
        yield


@contextmanager
def place_of_tile(nest: Nest, size: tuple[int, int], count: str) -> Iterator[None]:
    """For each of so many tiles t: the image n, row i and column j where it begins."""
    across, tiles = tiles_of(size)
    with nest.loop("t", count):
        nest.write(
            f"n = (first + t) // {tiles}",
            f"rest = (first + t) - n * {tiles}",
            f"i = rest // {across} * {TILE}",
            f"j = rest % {across} * {TILE}",
        )
        yield


def products(lanes: int, inputs: int, outputs: int, block: int, height: int, width: int) -> Any:
    """The 36 matrix products [tiles × channels] · [channels × filters] of one block."""
    vectors = -(-outputs // lanes)
    stride, out_stride = -(-inputs // lanes) * lanes, vectors * lanes
    step, out_step = plane(lanes, inputs, block), plane(lanes, outputs, block)
    nest = Nest("products", "v, u, m, count")
    with nest.loop("p", PRODUCTS):
        for first, behind, columns in blocks(vectors, width):
            add = _product(lanes, height, columns, inputs, stride, out_stride)
            with nest.loop("q", first, behind, columns):
                nest.write(f"up = (p * {vectors} + q) * {inputs * lanes}")
                with nest.loop("t", 0, "count", height):
                    nest.write(
                        f"{nest.named('product', add)}(v, u, p * {step} + t * {stride}, up,"
                        f" m + p * {out_step} + t * {out_stride} + q * {lanes})"
                    )
    return subroutine(nest.function())


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

    return subroutine(product)


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

    return subroutine(onto_map)
