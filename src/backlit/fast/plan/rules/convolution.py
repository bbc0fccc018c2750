"""Conv2d: pack the weights, convolve, and the three gradients."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from backlit.fast.compiling.kernel import Kernel
from backlit.fast.kernels.blocks import tile_size
from backlit.fast.kernels.sizes import (
    DEPTHWISE_WIDTH,
    few_win,
    packed_size,
    turned_size,
    winograd_scratch,
    winograd_sizes,
    winograd_way,
)
from backlit.fast.kernels.sweeps import Sweep, forward_sweep, input_gradient_sweeps
from backlit.fast.plan.builder import Builder, Value
from backlit.fast.plan.layouts import Layout
from backlit.fast.plan.program import Operand
from backlit.fast.simd.lanes import enough, registers
from backlit.network.graph import INPUT, Node
from backlit.network.layers import Conv2d
from backlit.pure.window import Axis

from .activation import through_activation
from .ends import FEW, images

_IMAGES_AT_A_TIME = 8
_BAND = 24 * 1024  # bytes of X and dY that the filter gradient works on at a time


class _Sizes:
    """The numbers of one convolution."""

    def __init__(self, b: Builder, node: Node) -> None:
        layer = node.layer
        assert isinstance(layer, Conv2d)
        self.node, self.layer = node, layer
        self.groups = layer.groups
        self.inputs = node.input_shapes[0][0] // layer.groups
        self.outputs = layer.filters // layer.groups
        # One filter for each channel: lanes are channels, and there is nothing to sum over.
        self.depthwise = self.inputs == self.outputs == 1 < self.groups
        if self.depthwise:
            self.groups, self.outputs = 1, layer.filters
        self.axes: tuple[Axis, Axis] = layer.window(node.input_shapes[0])
        self.kernel = (self.axes[0].kernel, self.axes[1].kernel)
        # The first layer's input is small: zeros around it are cheaper than borders left out.
        self.few = layer.groups == 1 and self.inputs <= FEW and node.inputs[0] == INPUT
        self.seen = b.input(node)
        # Lanes are neighbouring positions where that takes fewer vectors than one for each.
        filters, width = self.outputs, self.axes[1].output
        self.from_one = (
            self.few
            and self.seen.layout.stride == self.axes[1].stride == 1
            and filters <= b.lanes // 2
            and filters * -(-width // b.lanes) <= width
        )
        if self.few and (self.from_one or any(axis.before or axis.after for axis in self.axes)):
            self.seen = self._with_halo(b)
            rows, columns = self.axes
            self.axes = (_padded(rows), _padded(columns))

    def winograd(self, b: Builder, backward: bool = False) -> str | None:
        """Which of Winograd's ways is possible and fastest, forward or to the input, if any."""
        plain = all(axis.stride == axis.dilation == 1 for axis in self.axes)
        if self.few or self.depthwise or self.groups > 1 or not plain or b.purpose.everything:
            return None
        if self.kernel != (3, 3):
            return None
        rows, columns = self.axes
        before, after = (rows.size, columns.size), (rows.output, columns.output)
        if not backward:
            return winograd_way(b.lanes, self.inputs, self.outputs, after, {"forward": after})
        ways = {"turned": before}
        if not (rows.before or columns.before):
            ways["exchanged"] = after
        return winograd_way(b.lanes, self.outputs, self.inputs, before, ways)

    def to_few(self, b: Builder, rows: Sweep, columns: Sweep) -> bool:
        """Whether the error of few channels is computed with lanes along the filters."""
        if self.groups > 1 or self.depthwise:
            return False
        taps = rows.taps * columns.taps
        return taps > 0 and few_win(
            b.lanes, registers(b.lanes), self.outputs, self.inputs, columns.positions, taps
        )

    def _with_halo(self, b: Builder) -> Value:
        name, plain = f"{self.node.name}.input", b.input(self.node).layout
        if name in b.values:
            return b.values[name]
        rows, columns = self.axes
        # The last vector of a row may reach into the next row, which has to be there.
        below = rows.after + (1 if self.from_one else 0)
        halo = (rows.before, below, columns.before, columns.after)
        b.values[name] = images(b, Layout(plain.shape, plain.stride, halo), name)
        return b.values[name]


def _padded(axis: Axis) -> Axis:
    size = axis.size + axis.before + axis.after
    return replace(axis, size=size, before=0, after=0)


def forward(b: Builder, node: Node) -> None:
    """Y = b + W * X."""
    sizes = _Sizes(b, node)
    bias = b.fixed(f"{node.name}.bias.filled", b.vectors(sizes.layer.filters))
    begin = "zero"
    if sizes.layer.bias:
        begin = "bias"
        copy = Kernel.of("partials:copy", count=sizes.layer.filters)
        b.prepare(f"{node.name}: bias", copy, b.parameter(node, "bias"), bias)
    y = b.output(node)
    if sizes.from_one:
        _convolve_one(b, sizes, y, bias)
        return
    rows, columns = map(forward_sweep, sizes.axes)
    _convolve(b, sizes, (rows, columns), (sizes.seen, y), bias, begin, turned=False)


def backward(b: Builder, node: Node) -> None:
    """dW and db; dX if somebody needs it."""
    sizes, dy = _Sizes(b, node), b.error(node)
    activation = b.fusions.after.get(node.name)
    if activation:
        through_activation(b, node, activation, dy, accumulate=False)
    _filter_gradient(b, sizes, dy)
    if sizes.layer.bias:
        db = b.own(f"{node.name}.bias.part", dy.layout.stride)
        b.clear(f"{node.name}: bias", db)
        kernel = b.kernel(
            "partials:bias_gradient", pixels=dy.layout.pixels, stride=dy.layout.stride
        )
        b.add(f"{node.name}: gradient of the bias", kernel, dy.operand, db)
        count = sizes.layer.filters
        b.sum_of_parts(f"{node.name}: bias", b.gradient(node, "bias"), db, count)
    wanted = b.error_of_input(node)
    if wanted is None:
        return
    dx, there = wanted
    rows, columns = node.layer.window(node.input_shapes[0]) or sizes.axes
    for down in input_gradient_sweeps(rows):
        for across in input_gradient_sweeps(columns):
            begin = "add" if there else "zero"
            no_bias = Operand(None)
            _convolve(b, sizes, (down, across), (dy, dx), no_bias, begin, turned=True)


def _convolve(
    b: Builder,
    sizes: _Sizes,
    sweeps: tuple[Sweep, Sweep],
    values: tuple[Value, Value],
    bias: Operand,
    begin: str,
    turned: bool,
) -> None:
    """One sweep from a value to another, with the weights packed for it."""
    rows, columns = sweeps
    inputs, outputs = sizes.inputs, sizes.outputs
    if turned and not sizes.depthwise:
        inputs, outputs = outputs, inputs
    if turned and sizes.to_few(b, rows, columns):
        _convolve_to_few(b, sizes, sweeps, values, begin)
        return
    way = sizes.winograd(b, backward=turned)
    if way:
        _convolve_by_winograd(b, sizes, sweeps, values, bias, begin, way)
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
    packed = b.fixed(f"{name}.weight.{what}", count)
    if count:
        pack = b.kernel("packing:pack", kernel=sizes.kernel, width=width, turned=turned, **common)
        b.prepare(f"{name}: pack weights", pack, b.parameter(sizes.node, "weight"), packed)
    source, target = values
    places = {
        "source": source.layout.steps,
        "target": target.layout.steps,
        "begin": begin,
        "activation": None if turned else b.fusions.after.get(sizes.node.name),
    }
    if sizes.depthwise:
        sweep = {"rows": common["rows"], "columns": common["columns"]}
        kernel = b.kernel("depthwise:convolution", channels=outputs, **places, **sweep)
    else:
        kernel = b.kernel("convolution:convolution", **places, **common)
    title = f"{name}: error of the input" if turned else name
    b.add(title, kernel, source.operand, packed, bias, target.operand)


def _convolve_one(b: Builder, sizes: _Sizes, y: Value, bias: Operand) -> None:
    """From one channel to few filters, whose weights need no packing."""
    rows, columns = sizes.axes
    name = sizes.node.name
    kernel = b.kernel(
        "narrow:from_one",
        outputs=sizes.outputs,
        source=sizes.seen.layout.steps,
        target=y.layout.steps,
        rows=_numbers(rows),
        columns=_numbers(columns),
        bias=sizes.layer.bias,
        activation=b.fusions.after.get(name),
    )
    b.add(name, kernel, sizes.seen.operand, b.parameter(sizes.node, "weight"), bias, y.operand)


def _convolve_to_few(
    b: Builder,
    sizes: _Sizes,
    sweeps: tuple[Sweep, Sweep],
    values: tuple[Value, Value],
    begin: str,
) -> None:
    """The error of few channels."""
    rows, columns = map(tuple, sweeps)
    name, (dy, dx) = sizes.node.name, values
    channels = {"inputs": sizes.outputs, "outputs": sizes.inputs}
    taps = sweeps[0].taps * sweeps[1].taps
    packed = b.fixed(
        f"{name}.weight.narrow.{sweeps[0].start}.{sweeps[1].start}",
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


def _convolve_by_winograd(
    b: Builder,
    sizes: _Sizes,
    sweeps: tuple[Sweep, Sweep],
    values: tuple[Value, Value],
    bias: Operand,
    begin: str,
    way: str,
) -> None:
    """The same with 36 products of matrices."""
    name, (rows, columns), (source, target) = sizes.node.name, sweeps, values
    inputs, outputs = sizes.inputs, sizes.outputs
    if way != "forward":
        inputs, outputs = outputs, inputs
    channels = {"inputs": inputs, "outputs": outputs}
    tiles = _tiles(rows.positions, columns.positions)
    if way == "exchanged":
        tiles = _tiles(sizes.axes[0].output, sizes.axes[1].output)
    block, height, width = winograd_sizes(b.lanes, inputs, outputs, tiles, registers(b.lanes))
    packed = b.fixed(f"{name}.weight.{way}", packed_size(b.lanes, 1, inputs, outputs, 36))
    pack = b.kernel("winograd:transform_weights", width=width, way=way, **channels)
    square = b.own("winograd.square", 9 * b.lanes)
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
        axes = {"rows": _numbers(sizes.axes[0]), "columns": _numbers(sizes.axes[1])}
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
    room = b.own(f"winograd.{scratch}", scratch)
    b.add(title, kernel, source.operand, packed, bias, target.operand, room)


def _tiles(height: int, width: int) -> int:
    """Winograd's tiles in all images that a thread takes at a time."""
    return _IMAGES_AT_A_TIME * -(-height // 4) * -(-width // 4)


def _filter_gradient_by_winograd(b: Builder, sizes: _Sizes, dy: Value) -> None:
    name, (rows, columns) = sizes.node.name, sizes.axes
    channels = {"inputs": sizes.inputs, "outputs": sizes.outputs}
    tiles = _tiles(rows.output, columns.output)
    block, *_ = winograd_sizes(b.lanes, sizes.inputs, sizes.outputs, tiles, registers(b.lanes))
    scratch = winograd_scratch(b.lanes, sizes.inputs, sizes.outputs, block)
    part = b.own(f"{name}.weight.part", packed_size(b.lanes, 1, sizes.inputs, sizes.outputs, 36))
    b.clear(f"{name}: weight", part)
    kernel = b.kernel(
        "winograd_gradient:filter_gradient",
        source=sizes.seen.layout.steps,
        target=dy.layout.steps,
        rows=_numbers(rows),
        columns=_numbers(columns),
        block=block,
        **channels,
    )
    room = b.own(f"winograd.{scratch}", scratch)
    title = f"{name}: gradient of the weights"
    b.add(title, kernel, sizes.seen.operand, dy.operand, part, room)
    total = b.kernel("winograd_gradient:finish", parts=b.threads, **channels)
    few = b.own("winograd.few", 45 * b.lanes)
    gradient = b.gradient(sizes.node, "weight")
    b.finish(f"{name}: sum up the gradient", total, gradient, *b.parts(part), few)


def _filter_gradient(b: Builder, sizes: _Sizes, dy: Value) -> None:
    name = sizes.node.name
    rows, columns = sizes.axes
    if sizes.winograd(b):
        _filter_gradient_by_winograd(b, sizes, dy)
        return
    taps = rows.kernel * columns.kernel
    if sizes.from_one:
        _filter_gradient_of_one(b, sizes, dy, taps)
        return
    lanes = b.lanes if sizes.depthwise else enough(b.lanes, sizes.outputs)
    common = {"lanes": lanes, "inputs": sizes.inputs, "outputs": sizes.outputs}
    count = packed_size(lanes, sizes.groups, sizes.inputs, sizes.outputs, taps)
    part = b.own(f"{name}.weight.part", count)
    b.clear(f"{name}: weight", part)
    places: dict[str, Any] = {
        "source": sizes.seen.layout.steps,
        "target": dy.layout.steps,
        "rows": _numbers(rows),
        "columns": _numbers(columns),
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
    total = b.kernel(
        "partials:filter_gradient", groups=sizes.groups, taps=taps, parts=b.threads, **common
    )
    gradient = b.gradient(sizes.node, "weight")
    b.finish(f"{name}: sum up the gradient", total, gradient, *b.parts(part))


def _filter_gradient_of_one(b: Builder, sizes: _Sizes, dy: Value, taps: int) -> None:
    name, (rows, columns) = sizes.node.name, sizes.axes
    part = b.own(f"{name}.weight.part", count := sizes.outputs * taps)
    b.clear(f"{name}: weight", part)
    size = turned_size(b.lanes, sizes.outputs, rows.output, columns.output)
    kernel = b.kernel(
        "narrow:gradient_of_one",
        outputs=sizes.outputs,
        source=sizes.seen.layout.steps,
        target=dy.layout.steps,
        rows=_numbers(rows),
        columns=_numbers(columns),
    )
    room = b.own(f"{name}.turned", size)
    title = f"{name}: gradient of the weights"
    b.add(title, kernel, sizes.seen.operand, dy.operand, part, room)
    b.sum_of_parts(f"{name}: sum up the gradient", b.gradient(sizes.node, "weight"), part, count)


def _numbers(axis: Axis) -> tuple[int, ...]:
    return (axis.size, axis.kernel, axis.stride, axis.before, axis.after, axis.dilation)
