"""Conv2d from one channel, and to few: the steps of :mod:`backlit.engines.fast.kernels.narrow`."""

from __future__ import annotations

from backlit.engines.fast.compiling.kernel import Kernel
from backlit.engines.fast.kernels.affine_index import AffineIndex
from backlit.engines.fast.kernels.sizes import transposed_size
from backlit.engines.fast.plan.builder import Builder, Value
from backlit.engines.fast.plan.parts import Operand

from .convolution_sizes import ConvolutionSizes, axis_numbers


def convolve_one(b: Builder, sizes: ConvolutionSizes, y: Value, bias: Operand) -> None:
    """From one channel to few filters, whose weights need no packing."""
    rows, columns = sizes.axes
    name = sizes.node.name
    kernel = b.kernel(
        "narrow:from_one",
        outputs=sizes.outputs,
        source=sizes.seen.layout.steps,
        target=y.layout.steps,
        rows=axis_numbers(rows),
        columns=axis_numbers(columns),
        bias=sizes.layer.bias,
        activation=b.fusions.after.get(name),
    )
    b.add(name, kernel, sizes.seen.operand, b.parameter(sizes.node, "weight"), bias, y.operand)


def filter_gradient_of_one(b: Builder, sizes: ConvolutionSizes, dy: Value, taps: int) -> None:
    """The gradient of few filters of one channel."""
    name, (rows, columns) = sizes.node.name, sizes.axes
    part = b.per_thread(f"{name}.weight.part", count := sizes.outputs * taps)
    b.clear(f"{name}: weight", part)
    size = transposed_size(b.lanes, sizes.outputs, rows.output, columns.output)
    kernel = b.kernel(
        "narrow:gradient_of_one",
        outputs=sizes.outputs,
        source=sizes.seen.layout.steps,
        target=dy.layout.steps,
        rows=axis_numbers(rows),
        columns=axis_numbers(columns),
    )
    room = b.scratch(size)
    title = f"{name}: gradient of the weights"
    b.add(title, kernel, sizes.seen.operand, dy.operand, part, room)
    b.sum_of_parts(f"{name}: sum up the gradient", b.gradient(sizes.node, "weight"), part, count)


def convolve_to_few(
    b: Builder,
    sizes: ConvolutionSizes,
    indices: tuple[AffineIndex, AffineIndex],
    values: tuple[Value, Value],
    begin: str,
) -> None:
    """The error of few channels."""
    rows, columns = map(tuple, indices)
    name, (dy, dx) = sizes.node.name, values
    channels = {"inputs": sizes.outputs, "outputs": sizes.inputs}
    taps = indices[0].taps * indices[1].taps
    packed = b.shared(
        f"{name}.weight.narrow.{indices[0].start}.{indices[1].start}",
        taps * sizes.inputs * sizes.outputs,
    )
    pack = Kernel.of("narrow:pack", kernel=sizes.kernel, rows=rows, columns=columns, **channels)
    b.prepare(f"{name}: pack weights", pack, b.parameter(sizes.node, "weight"), packed)
    kernel = b.kernel(
        "narrow:to_few",
        source=dy.layout.steps,
        target=dx.layout.steps,
        rows=rows,
        columns=columns,
        begin=begin,
        **channels,
    )
    title = f"{name}: error of the input"
    b.add(title, kernel, dy.operand, packed, Operand(None), dx.operand)
