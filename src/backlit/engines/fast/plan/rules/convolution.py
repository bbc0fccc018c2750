"""Conv2d: pack the weights, convolve, and the three gradients."""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.compiling.kernel import Kernel
from backlit.engines.fast.kernels.affine_index import (
    AffineIndex,
    forward_index,
    input_gradient_indices,
)
from backlit.engines.fast.kernels.blocks import tile_size
from backlit.engines.fast.kernels.sizes import DEPTHWISE_WIDTH, WeightPacking, packed_size
from backlit.engines.fast.plan.builder import Builder, Value
from backlit.engines.fast.plan.layouts import whole_vectors
from backlit.engines.fast.plan.parts import Operand, numbers
from backlit.engines.fast.plan.registry import Rule, enter
from backlit.engines.fast.simd.lanes import enough, registers
from backlit.layers import Conv2d
from backlit.network.graph import Node

from .activation import through_activation
from .convolution_narrow import convolve_one, convolve_to_few, filter_gradient_of_one
from .convolution_sizes import ConvolutionSizes, axis_numbers
from .convolution_winograd import convolve_by_winograd, filter_gradient_by_winograd

_BAND = 24 * 1024  # bytes of X and dY that the filter gradient works on at a time


def forward(b: Builder, node: Node) -> None:
    """Y = b + W * X."""
    sizes = ConvolutionSizes(b, node)
    bias = b.shared(f"{node.name}.bias.filled", b.vectors(sizes.layer.filters))
    begin = "zero"
    if sizes.layer.bias:
        begin = "bias"
        copy, told = Kernel.of("partials:copy"), numbers(sizes.layer.filters)
        b.prepare(f"{node.name}: bias", copy, b.parameter(node, "bias"), bias, *told)
    y = b.output(node)
    if sizes.from_one:
        convolve_one(b, sizes, y, bias)
        return
    rows, columns = map(forward_index, sizes.axes)
    _convolve(b, sizes, (rows, columns), (sizes.seen, y), bias, begin, turned=False)


def backward(b: Builder, node: Node) -> None:
    """dW and db; dX if somebody needs it."""
    sizes, dy = ConvolutionSizes(b, node), b.error(node)
    activation = b.fusions.after.get(node.name)
    if activation:
        through_activation(b, node, activation, dy, accumulate=False)
    _filter_gradient(b, sizes, dy)
    if sizes.layer.bias:
        db = b.per_thread(f"{node.name}.bias.part", dy.layout.stride)
        b.clear(f"{node.name}: bias", db)
        kernel = b.kernel("partials:bias_gradient")
        told = numbers(dy.layout.pixels, dy.layout.stride)
        b.add(f"{node.name}: gradient of the bias", kernel, dy.operand, db, *told)
        count = sizes.layer.filters
        b.sum_of_parts(f"{node.name}: bias", b.gradient(node, "bias"), db, count)
    wanted = b.error_of_input(node)
    if wanted is None:
        return
    dx, there = wanted
    rows, columns = node.layer.window(node.input_shapes[0]) or sizes.axes
    for down in input_gradient_indices(rows):
        for across in input_gradient_indices(columns):
            begin = "add" if there else "zero"
            no_bias = Operand(None)
            _convolve(b, sizes, (down, across), (dy, dx), no_bias, begin, turned=True)


def _convolve(
    b: Builder,
    sizes: ConvolutionSizes,
    indices: tuple[AffineIndex, AffineIndex],
    values: tuple[Value, Value],
    bias: Operand,
    begin: str,
    turned: bool,
) -> None:
    """A convolution from one value to another, with the weights packed for it."""
    rows, columns = indices
    inputs, outputs = sizes.inputs, sizes.outputs
    if turned and not sizes.depthwise:
        inputs, outputs = outputs, inputs
    if turned and sizes.to_few(b, rows, columns):
        convolve_to_few(b, sizes, indices, values, begin)
        return
    way = sizes.winograd(b, backward=turned)
    if way:
        convolve_by_winograd(b, sizes, indices, values, bias, begin, way)
        return
    lanes = b.lanes if sizes.depthwise else enough(b.lanes, outputs)
    _, width = tile_size(columns.positions, -(-outputs // lanes), registers(lanes))
    if sizes.depthwise:
        width = DEPTHWISE_WIDTH
    common: dict[str, Any] = {
        "lanes": lanes,
        "groups": sizes.groups,
        "inputs": inputs,
        "outputs": outputs,
        "rows": tuple(rows),
        "columns": tuple(columns),
    }
    name = sizes.node.name
    what = f"turned.{rows.start}.{columns.start}" if turned else "packed"
    count = packed_size(lanes, sizes.groups, inputs, outputs, rows.taps * columns.taps)
    packed = b.shared(f"{name}.weight.{what}", count)
    if count:
        by = WeightPacking.of(kernel=sizes.kernel, width=width, turned=turned, **common)
        weights, told = b.parameter(sizes.node, "weight"), numbers(*by)
        b.prepare(f"{name}: pack weights", Kernel.of("packing:pack"), weights, packed, *told)
    source, target = values
    places = {
        "source": source.layout.steps,
        "target": target.layout.steps,
        "begin": begin,
        "activation": None if turned else b.fusions.after.get(sizes.node.name),
    }
    if sizes.depthwise:
        axes = {"rows": common["rows"], "columns": common["columns"]}
        kernel = b.kernel("depthwise:convolution", channels=outputs, **places, **axes)
    else:
        kernel = b.kernel("convolution:convolution", **places, **common)
    title = f"{name}: error of the input" if turned else name
    b.add(title, kernel, source.operand, packed, bias, target.operand)


def _filter_gradient(b: Builder, sizes: ConvolutionSizes, dy: Value) -> None:
    name = sizes.node.name
    rows, columns = sizes.axes
    if sizes.winograd(b):
        filter_gradient_by_winograd(b, sizes, dy)
        return
    taps = rows.kernel * columns.kernel
    if sizes.from_one:
        filter_gradient_of_one(b, sizes, dy, taps)
        return
    lanes = b.lanes if sizes.depthwise else enough(b.lanes, sizes.outputs)
    common = {"lanes": lanes, "inputs": sizes.inputs, "outputs": sizes.outputs}
    count = packed_size(lanes, sizes.groups, sizes.inputs, sizes.outputs, taps)
    part = b.per_thread(f"{name}.weight.part", count)
    b.clear(f"{name}: weight", part)
    places: dict[str, Any] = {
        "source": sizes.seen.layout.steps,
        "target": dy.layout.steps,
        "rows": axis_numbers(rows),
        "columns": axis_numbers(columns),
    }
    if sizes.few:
        writer = "filter_gradient:filter_gradient_of_few_channels"
        kernel = b.kernel(writer, **common, **places)
    elif sizes.depthwise:
        kernel = b.kernel("depthwise:filter_gradient", channels=sizes.outputs, **places)
    else:
        row = 4 * (sizes.seen.layout.steps[1] * rows.stride + dy.layout.steps[1])
        kernel = b.kernel(
            "filter_gradient:filter_gradient",
            groups=sizes.groups,
            band=max(1, _BAND // row),
            **common,
            **places,
        )
    b.add(f"{name}: gradient of the weights", kernel, sizes.seen.operand, dy.operand, part)
    total = Kernel.of("partials:filter_gradient", parts=b.threads)
    depth = whole_vectors(sizes.outputs, lanes)
    told = numbers(sizes.groups, sizes.inputs, sizes.outputs, taps, depth)
    gradient = b.gradient(sizes.node, "weight")
    b.finish(f"{name}: sum up the gradient", total, gradient, *b.parts(part), *told)


enter(Conv2d, Rule(forward, backward, bends=True, reads_forward=False))
