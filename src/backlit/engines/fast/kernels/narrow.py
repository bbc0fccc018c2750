"""Convolutions to or from few channels, where a vector of filters would be half empty.

    to few      lanes run along the channels that are summed over, and are added up at the end
    from one    lanes run along neighboring positions, and tiles are transposed when stored

Both compute the sums of :mod:`.convolution`.  There a vector of filters would be half empty; here
all lanes are filled, so fewer vector operations are needed.
"""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.simd.lanes import enough, registers
from backlit.engines.fast.simd.subroutine import subroutine
from backlit.engines.fast.simd.tiles import tile
from backlit.engines.fast.simd.transpose import load_transposed, store_sums, store_transposed
from backlit.pure.window import Axis

from .affine_index import AffineIndex
from .blocks import blocks, tile_size
from .convolution import Pattern, runs
from .nest import Nest, Steps


def pack(
    inputs: int,
    outputs: int,
    kernel: tuple[int, int],
    rows: tuple[int, ...],
    columns: tuple[int, ...],
) -> Any:
    """Arguments: W (O, C, kH, kW), packed [u][c][v][o], taps in the order of the indices.

    Args:
        inputs: filters O, which are summed over.
        outputs: channels C.
        kernel: (kH, kW).
        rows: an :class:`.AffineIndex` along the rows.
        columns: one along the columns.
    """
    down, across = AffineIndex(*rows), AffineIndex(*columns)
    taps = kernel[0] * kernel[1]
    nest = Nest("pack_narrow")
    nest.arrays("w, packed")
    nest.write("k = 0")
    with nest.loop("u", down.taps), nest.loop("c", outputs), nest.loop("v", across.taps):
        nest.write(
            f"at = ({down.weight} + {down.weight_step} * u) * {kernel[1]}"
            f" + {across.weight} + {across.weight_step} * v + c * {taps}"
        )
        with nest.loop("o", inputs):
            nest.write(f"packed[k + o] = w[at + o * {outputs * taps}]")
        nest.write(f"k += {inputs}")
    return nest.function()


def to_few(
    lanes: int,
    inputs: int,
    outputs: int,
    source: Steps,
    target: Steps,
    rows: tuple[int, ...],
    columns: tuple[int, ...],
    begin: str,
) -> Any:
    """Arguments: X, packed weights (:func:`pack`), nothing, Y.

    Args:
        lanes: of the vectors.
        inputs: channels that are summed over, whole vectors.
        outputs: channels that come out.
        source: the :data:`Steps` of X.
        target: the same of Y.
        rows: an :class:`.AffineIndex` along the rows.
        columns: one along the columns.
        begin: what the sum begins with: "zero", or "add" for what is in Y.
    """
    across, down = AffineIndex(*columns), AffineIndex(*rows)
    positions, width = tile_size(across.positions, outputs, registers(lanes))
    nest = Nest("narrow")
    nest.write("x, w, y = floats(a, 1), floats(a, 2), floats(a, 4)")
    with nest.loop("n", "a[0]"), nest.loop("t", down.positions):
        nest.row_of_taps(down, across, source, target)
        for first, behind, size_across in blocks(outputs, width):
            with nest.loop("q", first, behind, size_across):
                for t0, t1, size, pattern in runs(across, positions):
                    compute = _tile_of_sums(
                        lanes, (size, size_across), pattern, (inputs, outputs), source, target,
                        (down, across), begin,
                    )  # fmt: skip
                    with nest.loop("s", t0, t1, size):
                        nest.write(
                            f"{nest.named('tile', compute)}(x, w, y,"
                            f" xr + s * {across.pace * source[2]}, q * {across.taps * inputs},"
                            f" yr + s * {across.step * target[2]} + q, k0, k1)"
                        )
    return nest.function()


def _tile_of_sums(
    lanes: int,
    size: tuple[int, int],
    pattern: Pattern,
    channels: tuple[int, int],
    source: Steps,
    target: Steps,
    indices: tuple[AffineIndex, AffineIndex],
    begin: str,
) -> Any:
    """The function that computes one tile: so many positions, so many channels."""
    (inputs, outputs), (down, across) = channels, indices
    shape = tile(*size, lanes)
    row = across.taps * inputs  # numbers of one channel's weights in a row of taps
    nest = Nest(
        "tile_of_sums",
        "x, w, y, xb, wb, yb, k0, k1",
        zeros=shape.zeros,
        store=store_sums(shape, begin == "add"),
    )
    nest.write("tile = zeros()")
    with nest.loop("k", "k0", "k1"):
        nest.write(f"xk = xb + k * {down.gap * source[1]}", f"wk = wb + k * {outputs * row}")
        for v, positions in enumerate(pattern):
            if not positions:
                continue
            inner = nest.named("inner", shape.inner(across.pace * source[2], row, positions))
            place = (across.first + across.gap * v) * source[2]
            with nest.loop("c", 0, inputs, lanes):
                nest.write(f"tile = {inner}(tile, x, xk + {place} + c, w, wk + {v * inputs} + c)")
    nest.write(f"store(tile, y, yb, {across.step * target[2]})")
    return subroutine(nest.function())


def from_one(
    lanes: int,
    outputs: int,
    source: Steps,
    target: Steps,
    rows: tuple[int, ...],
    columns: tuple[int, ...],
    bias: bool,
    activation: tuple[str, float] | None = None,
) -> Any:
    """Arguments: X, W (O, 1, kH, kW) as it is, biases, Y.

    Args:
        lanes: of the vectors.
        outputs: filters, at most half a vector.
        source: the :data:`Steps` of X, whose pixels follow each other.
        target: the same of Y.
        rows: an :class:`backlit.pure.window.Axis` without padding, as numbers.
        columns: one along the columns, of stride 1.
        bias: whether there are biases.
        activation: applied to the sums before they are stored.
    """
    down, across = Axis(*rows), Axis(*columns)
    nest = Nest("from_one")
    nest.arrays("x, w, b, y")
    vectors = max(1, min(-(-across.output // lanes), (registers(lanes) - 4) // (outputs + 1)))
    with nest.loop("n", "a[0]"), nest.loop("i", down.output):
        nest.write(
            f"xr = n * {source[0]} + i * {down.stride * source[1]}",
            f"yr = n * {target[0]} + i * {target[1]}",
        )
        for first in range(0, across.output, vectors * lanes):
            count = min(vectors * lanes, across.output - first)
            compute = _tile_of_positions(
                lanes, outputs, count, (down, across), source, target, bias, activation
            )
            nest.write(
                f"{nest.named('tile', compute)}(x, w, b, y, xr + {first}, yr + {first * target[2]})"
            )
    return nest.function()


def _tile_of_positions(
    lanes: int,
    outputs: int,
    count: int,
    axes: tuple[Axis, Axis],
    source: Steps,
    target: Steps,
    bias: bool,
    activation: tuple[str, float] | None,
) -> Any:
    """The function that computes ``count`` neighboring positions of all filters."""
    down, across = axes
    taps = down.kernel * across.kernel
    shape = tile(outputs, -(-count // lanes), lanes)
    nest = Nest(
        "tile_of_positions",
        "x, w, b, y, xb, yb",
        splats=shape.splats,
        zeros=shape.zeros,
        outer=shape.outer([o * taps for o in range(outputs)]),
        store=store_transposed(shape, enough(lanes, outputs), count),
    )
    nest.write("tile = splats(b, 0, 1)" if bias else "tile = zeros()")
    with nest.loop("u", down.kernel):
        nest.write(f"xu = xb + u * {down.dilation * source[1]}")
        with nest.loop("v", across.kernel):
            nest.write(
                f"tile = outer(tile, w, u * {across.kernel} + v, x, xu + v * {across.dilation})"
            )
    nest.bend(shape, activation, lanes)
    nest.write(f"store(tile, y, yb, {target[2]})")
    return subroutine(nest.function())


def gradient_of_one(
    lanes: int,
    outputs: int,
    source: Steps,
    target: Steps,
    rows: tuple[int, ...],
    columns: tuple[int, ...],
) -> Any:
    """Arguments: X, dY, dW (O, 1, kH, kW), which is added to, and scratch.

    The scratch has :func:`.sizes.transposed_size` floats.  The errors of an image are transposed so
    that lanes are neighboring positions; then every weight is a dot product of errors and inputs.

    Args:
        lanes: of the vectors.
        outputs: filters, at most half a vector.
        source: the :data:`Steps` of X, whose pixels follow each other.
        target: the same of dY.
        rows: an :class:`backlit.pure.window.Axis` without padding, as numbers.
        columns: one along the columns, of stride 1.
    """
    down, across = Axis(*rows), Axis(*columns)
    taps, whole = down.kernel * across.kernel, -(-across.output // lanes)
    size, _ = tile_size(outputs, across.kernel, registers(lanes))
    nest = Nest("gradient_of_one")
    nest.arrays("x, dy, dw, v")
    with nest.loop("n", "a[0]"):
        with nest.loop("i", down.output):
            nest.write(f"yr = n * {target[0]} + i * {target[1]}")
            for k in range(whole):
                count = min(lanes, across.output - k * lanes)
                transpose = _transpose(lanes, outputs, count, target[2])
                nest.write(
                    f"{nest.named('transpose', transpose)}(dy, yr + {k * lanes * target[2]}, v,"
                    f" (i * {whole} + {k}) * {outputs * lanes})"
                )
        with nest.loop("u", down.kernel):
            for first, behind, size_down in blocks(outputs, size):
                dots = _dots(lanes, size_down, outputs, (down, across), source[1])
                with nest.loop("o", first, behind, size_down):
                    nest.write(
                        f"{nest.named('dots', dots)}(x, v, dw,"
                        f" n * {source[0]} + u * {down.dilation * source[1]},"
                        f" o * {lanes}, o * {taps} + u * {across.kernel})"
                    )
    return nest.function()


def _transpose(lanes: int, outputs: int, count: int, pixel: int) -> Any:
    """The function that transposes the errors of some neighboring positions."""
    shape = tile(outputs, 1, lanes)
    load, store = load_transposed(shape, enough(lanes, outputs), count), shape.store

    def transpose(dy, i, v, k):
        store(load(dy, i, pixel), v, k, lanes)

    return subroutine(transpose)


def _dots(lanes: int, size: int, outputs: int, axes: tuple[Axis, Axis], row: int) -> Any:
    """The function that adds an image's part to the weights of some filters in a row of taps."""
    down, across = axes
    whole = -(-across.output // lanes)
    nest = Nest("dots_of_one", "x, v, dw, xb, vb, wb")
    for first, behind, width in blocks(across.kernel, 4):
        shape = tile(size, width, lanes)
        zeros = nest.named("zeros", shape.zeros)
        inner = nest.named("inner", shape.inner(lanes, across.dilation))
        store = nest.named("store", store_sums(shape, add=True))
        with nest.loop("t", first, behind, width):
            nest.write(f"tile = {zeros}()")
            with nest.loop("i", down.output), nest.loop("k", whole):
                nest.write(
                    f"tile = {inner}(tile, v, vb + (i * {whole} + k) * {outputs * lanes},"
                    f" x, xb + i * {down.stride * row} + k * {lanes} + t * {across.dilation})"
                )
            nest.write(f"{store}(tile, dw, wb + t, {down.kernel * across.kernel})")
    return subroutine(nest.function())
