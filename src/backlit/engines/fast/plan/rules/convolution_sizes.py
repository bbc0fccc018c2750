"""The numbers of one convolution, and which kernels suit them."""

from __future__ import annotations

from dataclasses import replace

from backlit.engines.fast.kernels.affine_index import AffineIndex
from backlit.engines.fast.kernels.sizes import few_win, winograd_way
from backlit.engines.fast.plan.builder import Builder, Value
from backlit.engines.fast.plan.layouts import Layout
from backlit.engines.fast.simd.lanes import registers
from backlit.layers import Conv2d
from backlit.network.graph import INPUT, Node
from backlit.pure.window import Axis

from .ends import FEW, images


class ConvolutionSizes:
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
        # Lanes are neighboring positions where that takes fewer vectors than one for each.
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

    def to_few(self, b: Builder, rows: AffineIndex, columns: AffineIndex) -> bool:
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
        below = rows.after + (self._overrun(b, columns) if self.from_one else 0)
        halo = (rows.before, below, columns.before, columns.after)
        b.values[name] = images(b, Layout(plain.shape, plain.stride, halo), name)
        return b.values[name]

    @staticmethod
    def _overrun(b: Builder, columns: Axis) -> int:
        """Rows of zeros below the map that whole vectors along its last row look at."""
        beyond = b.vectors(columns.output) - columns.output
        return -(-beyond // _padded(columns).size)


def _padded(axis: Axis) -> Axis:
    size = axis.size + axis.before + axis.after
    return replace(axis, size=size, before=0, after=0)


def axis_numbers(axis: Axis) -> tuple[int, ...]:
    """An axis as kernels are given it."""
    return (axis.size, axis.kernel, axis.stride, axis.before, axis.after, axis.dilation)
