"""Convolutions to or from few channels, where a vector of filters would be half empty.

    to few      lanes run along the channels that are summed over, and are added up at the end
    from one    lanes run along neighboring positions, and tiles are transposed when stored

Both compute the sums of :mod:`.convolution`.  There a vector of filters would be half empty; here
all lanes are filled, so fewer vector operations are needed.
"""

from __future__ import annotations

from typing import Any

from numba import types

from backlit.engines.fast.simd.intrinsics import FLOATS, floats
from backlit.engines.fast.simd.lanes import enough, registers
from backlit.engines.fast.simd.subroutine import subroutine
from backlit.engines.fast.simd.tiles import tile
from backlit.engines.fast.simd.transpose import load_transposed, store_sums, store_transposed
from backlit.engines.fast.simd.unroll import function_of
from backlit.pure.window import Axis

from .affine_index import AffineIndex
from .blocks import blocks, tile_size
from .convolution import Pattern, runs

Steps = tuple[int, int, int]  # the floats from image to image, row to row, pixel to pixel


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
    lines = [
        "w, packed = floats(a, 1), floats(a, 2)",
        "k = 0",
        f"for u in range({down.taps}):",
        f" for c in range({outputs}):",
        f"  for v in range({across.taps}):",
        f"   at = ({down.weight} + {down.weight_step} * u) * {kernel[1]}"
        f" + {across.weight} + {across.weight_step} * v + c * {taps}",
        f"   for o in range({inputs}):",
        f"    packed[k + o] = w[at + o * {outputs * taps}]",
        f"   k += {inputs}",
    ]
    return function_of("a", lines, {"floats": floats}, "pack_narrow")


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
    names: dict[str, Any] = {"floats": floats, "max": max, "min": min}
    lines = [
        "x, w, y = floats(a, 1), floats(a, 2), floats(a, 4)",
        "for n in range(a[0]):",
        f" for t in range({down.positions}):",
        f"  at = {down.pace} * t + {down.first}",
        f"  k0 = max(0, -(at // {down.gap}))",
        f"  k1 = min({down.taps}, -((at - {down.size}) // {down.gap}))",
        f"  xr = n * {source[0]} + at * {source[1]}",
        f"  yr = n * {target[0]} + ({down.start} + {down.step} * t) * {target[1]}"
        f" + {across.start * target[2]}",
    ]
    for first, behind, size_across in blocks(outputs, width):
        lines.append(f"  for q in range({first}, {behind}, {size_across}):")
        for t0, t1, size, pattern in runs(across, positions):
            name = f"tile{len(names)}"
            names[name] = _tile_of_sums(
                lanes, (size, size_across), pattern, (inputs, outputs), source, target,
                (down, across), begin,
            )  # fmt: skip
            lines += [
                f"   for s in range({t0}, {t1}, {size}):",
                f"    {name}(x, w, y, xr + s * {across.pace * source[2]},"
                f" q * {across.taps * inputs}, yr + s * {across.step * target[2]} + q, k0, k1)",
            ]
    return function_of("a", lines, names, "narrow")


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
    names: dict[str, Any] = {"zeros": shape.zeros, "store": store_sums(shape, begin == "add")}
    lines = [
        "tile = zeros()",
        "for k in range(k0, k1):",
        f" xk = xb + k * {down.gap * source[1]}",
        f" wk = wb + k * {outputs * row}",
    ]
    for v, positions in enumerate(pattern):
        if positions:
            names[f"inner{v}"] = shape.inner(across.pace * source[2], row, positions)
            place = (across.first + across.gap * v) * source[2]
            lines += [
                f" for c in range(0, {inputs}, {lanes}):",
                f"  tile = inner{v}(tile, x, xk + {place} + c, w, wk + {v * inputs} + c)",
            ]
    lines.append(f"store(tile, y, yb, {across.step * target[2]})")
    function = function_of("x, w, y, xb, wb, yb, k0, k1", lines, names, "tile_of_sums")
    return subroutine(function, *[FLOATS] * 3, *[types.intp] * 5)


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
    names: dict[str, Any] = {"floats": floats}
    lines = [
        "x, w, b, y = floats(a, 1), floats(a, 2), floats(a, 3), floats(a, 4)",
        "for n in range(a[0]):",
        f" for i in range({down.output}):",
        f"  xr = n * {source[0]} + i * {down.stride * source[1]}",
        f"  yr = n * {target[0]} + i * {target[1]}",
    ]
    vectors = max(1, min(-(-across.output // lanes), (registers(lanes) - 4) // (outputs + 1)))
    for first in range(0, across.output, vectors * lanes):
        count = min(vectors * lanes, across.output - first)
        name = f"tile{count}"
        names[name] = _tile_of_positions(
            lanes, outputs, count, (down, across), source, target, bias, activation
        )
        lines.append(f"  {name}(x, w, b, y, xr + {first}, yr + {first * target[2]})")
    return function_of("a", lines, names, "from_one")


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
    names: dict[str, Any] = {
        "splats": shape.splats,
        "zeros": shape.zeros,
        "outer": shape.outer([o * taps for o in range(outputs)]),
        "store": store_transposed(shape, enough(lanes, outputs), count),
    }
    lines = [
        "tile = splats(b, 0, 1)" if bias else "tile = zeros()",
        f"for u in range({down.kernel}):",
        f" xu = xb + u * {down.dilation * source[1]}",
        f" for v in range({across.kernel}):",
        f"  tile = outer(tile, w, u * {across.kernel} + v, x, xu + v * {across.dilation})",
    ]
    if activation is not None:
        from .activations import activation as activation_of

        names["bend"] = shape.map(activation_of(*activation, lanes))
        lines.append("tile = bend(tile)")
    lines.append(f"store(tile, y, yb, {target[2]})")
    function = function_of("x, w, b, y, xb, yb", lines, names, "tile_of_positions")
    return subroutine(function, *[FLOATS] * 4, *[types.intp] * 2)


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
    names: dict[str, Any] = {"floats": floats}
    lines = [
        "x, dy, dw, v = floats(a, 1), floats(a, 2), floats(a, 3), floats(a, 4)",
        "for n in range(a[0]):",
        f" for i in range({down.output}):",
        f"  yr = n * {target[0]} + i * {target[1]}",
    ]
    for k in range(whole):
        count = min(lanes, across.output - k * lanes)
        names[f"transpose{count}"] = _transpose(lanes, outputs, count, target[2])
        lines.append(
            f"  transpose{count}(dy, yr + {k * lanes * target[2]}, v,"
            f" (i * {whole} + {k}) * {outputs * lanes})"
        )
    lines.append(f" for u in range({down.kernel}):")
    size, _ = tile_size(outputs, across.kernel, registers(lanes))
    for first, behind, size_down in blocks(outputs, size):
        names[f"dots{size_down}"] = _dots(lanes, size_down, outputs, (down, across), source[1])
        lines += [
            f"  for o in range({first}, {behind}, {size_down}):",
            f"   dots{size_down}(x, v, dw, n * {source[0]} + u * {down.dilation * source[1]},"
            f" o * {lanes}, o * {taps} + u * {across.kernel})",
        ]
    return function_of("a", lines, names, "gradient_of_one")


def _transpose(lanes: int, outputs: int, count: int, pixel: int) -> Any:
    """The function that transposes the errors of some neighboring positions."""
    shape = tile(outputs, 1, lanes)
    load, store = load_transposed(shape, enough(lanes, outputs), count), shape.store

    def transpose(dy, i, v, k):
        store(load(dy, i, pixel), v, k, lanes)

    return subroutine(transpose, FLOATS, types.intp, FLOATS, types.intp)


def _dots(lanes: int, size: int, outputs: int, axes: tuple[Axis, Axis], row: int) -> Any:
    """The function that adds an image's part to the weights of some filters in a row of taps."""
    down, across = axes
    whole = -(-across.output // lanes)
    names: dict[str, Any] = {}
    lines = []
    for first, behind, width in blocks(across.kernel, 4):
        shape = tile(size, width, lanes)
        names |= {
            f"zeros{first}": shape.zeros,
            f"inner{first}": shape.inner(lanes, across.dilation),
            f"store{first}": store_sums(shape, add=True),
        }
        lines += [
            f"for t in range({first}, {behind}, {width}):",
            f" tile = zeros{first}()",
            f" for i in range({down.output}):",
            f"  for k in range({whole}):",
            f"   tile = inner{first}(tile, v, vb + (i * {whole} + k) * {outputs * lanes},"
            f" x, xb + i * {down.stride * row} + k * {lanes} + t * {across.dilation})",
            f" store{first}(tile, dw, wb + t, {down.kernel * across.kernel})",
        ]
    function = function_of("x, v, dw, xb, vb, wb", lines, names, "dots_of_one")
    return subroutine(function, *[FLOATS] * 3, *[types.intp] * 3)
