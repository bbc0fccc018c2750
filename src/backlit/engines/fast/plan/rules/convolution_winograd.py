"""Conv2d by Winograd's transforms: the steps of :mod:`backlit.engines.fast.kernels.winograd`."""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.kernels.affine_index import AffineIndex
from backlit.engines.fast.kernels.sizes import packed_size, winograd_scratch, winograd_sizes
from backlit.engines.fast.plan.builder import Builder, Value
from backlit.engines.fast.plan.parts import Operand
from backlit.engines.fast.simd.lanes import registers

from .convolution_sizes import ConvolutionSizes, axis_numbers

_IMAGES_AT_A_TIME = 8


def convolve_by_winograd(
    b: Builder,
    sizes: ConvolutionSizes,
    indices: tuple[AffineIndex, AffineIndex],
    values: tuple[Value, Value],
    bias: Operand,
    begin: str,
    way: str,
) -> None:
    """A convolution from one value to another, as 36 products of matrices."""
    name, (rows, columns), (source, target) = sizes.node.name, indices, values
    inputs, outputs = sizes.inputs, sizes.outputs
    if way != "forward":
        inputs, outputs = outputs, inputs
    channels = {"inputs": inputs, "outputs": outputs}
    tiles = _tiles(rows.positions, columns.positions)
    if way == "exchanged":
        tiles = _tiles(sizes.axes[0].output, sizes.axes[1].output)
    block, height, width = winograd_sizes(b.lanes, inputs, outputs, tiles, registers(b.lanes))
    packed = b.shared(f"{name}.weight.{way}", packed_size(b.lanes, 1, inputs, outputs, 36))
    pack = b.kernel("winograd:transform_weights", width=width, way=way, **channels)
    square = b.scratch(9 * b.lanes)
    weight = b.parameter(sizes.node, "weight")
    b.prepare(f"{name}: transform weights", pack, weight, packed, square)
    common: dict[str, Any] = {
        "source": source.layout.steps,
        "target": target.layout.steps,
        "begin": begin,
        "block": block,
        "height": height,
        "width": width,
        **channels,
    }
    if way == "exchanged":
        axes = {"rows": axis_numbers(sizes.axes[0]), "columns": axis_numbers(sizes.axes[1])}
        kernel = b.kernel("winograd_input_gradient:input_gradient", **axes, **common)
    else:
        kernel = b.kernel(
            "winograd:convolution",
            rows=tuple(rows),
            columns=tuple(columns),
            activation=b.fusions.after.get(name) if way == "forward" else None,
            **common,
        )
    title = name if way == "forward" else f"{name}: error of the input"
    scratch = winograd_scratch(b.lanes, inputs, outputs, block)
    room = b.scratch(scratch)
    b.add(title, kernel, source.operand, packed, bias, target.operand, room)


def filter_gradient_by_winograd(b: Builder, sizes: ConvolutionSizes, dy: Value) -> None:
    """The gradient of the filters, summed up as transformed weights."""
    name, (rows, columns) = sizes.node.name, sizes.axes
    channels = {"inputs": sizes.inputs, "outputs": sizes.outputs}
    tiles = _tiles(rows.output, columns.output)
    block, *_ = winograd_sizes(b.lanes, sizes.inputs, sizes.outputs, tiles, registers(b.lanes))
    scratch = winograd_scratch(b.lanes, sizes.inputs, sizes.outputs, block)
    part = b.per_thread(
        f"{name}.weight.part", packed_size(b.lanes, 1, sizes.inputs, sizes.outputs, 36)
    )
    b.clear(f"{name}: weight", part)
    kernel = b.kernel(
        "winograd_gradient:filter_gradient",
        source=sizes.seen.layout.steps,
        target=dy.layout.steps,
        rows=axis_numbers(rows),
        columns=axis_numbers(columns),
        block=block,
        **channels,
    )
    room = b.scratch(scratch)
    title = f"{name}: gradient of the weights"
    b.add(title, kernel, sizes.seen.operand, dy.operand, part, room)
    total = b.kernel("winograd_gradient:finish", parts=b.threads, **channels)
    few = b.scratch(45 * b.lanes)
    gradient = b.gradient(sizes.node, "weight")
    b.finish(f"{name}: sum up the gradient", total, gradient, *b.parts(part), few)


def _tiles(height: int, width: int) -> int:
    """Winograd's tiles in all images that a thread takes at a time."""
    return _IMAGES_AT_A_TIME * -(-height // 4) * -(-width // 4)
