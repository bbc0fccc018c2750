"""Pooling layers: one number for each window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from backlit import equations
from backlit.errors import ShapeError
from backlit.pure.nested import Nested
from backlit.pure.window import Axis, window

from .base import Layer, Shape, Statement, checked, freeze_options, require_flag, require_maps
from .call import Call, Gradients
from .convolution import check_window_options

__all__ = [
    "AvgPool2d",
    "GlobalAvgPool2d",
    "MaxPool2d",
]


@dataclass(frozen=True)
class _Pool2d(Layer):
    family: ClassVar[str] = "pool"

    kernel_size: Any
    stride: Any = None
    padding: Any = 0

    def __post_init__(self) -> None:
        freeze_options(self, "kernel_size", "stride", "padding")
        check_window_options(self, self.kernel_size, self.step, self.padding)

    @property
    def step(self) -> Any:
        """The stride, which is the kernel size where none is given."""
        return self.kernel_size if self.stride is None else self.stride

    @property
    def _named_options(self) -> dict[str, Any]:
        return {"kernel_size": self.kernel_size, "stride": self.step, "padding": self.padding}

    def window(self, shape: Shape) -> tuple[Axis, Axis]:
        """The window's two axes (rows, columns)."""
        require_maps(self, shape)
        options = (self.kernel_size, self.step, self.padding)
        axes = checked(self, lambda: window((shape[1], shape[2]), *options), ShapeError)
        if not all(_every_window_meets_the_image(axis) for axis in axes):
            raise ShapeError(f"{type(self).__name__}: a window lies in the padding altogether")
        return axes

    def output_shape(self, shape: Shape) -> Shape:
        """(C, OH, OW)."""
        rows, columns = self.window(shape)
        return (shape[0], rows.output, columns.output)


@dataclass(frozen=True)
class MaxPool2d(_Pool2d):
    """Y[n,c,i,j] = max_{u,v} X[n,c, i·s − p + u, j·s − p + v], the padding left out.

    Backward, the error goes to the one that won, among equals the first in row order.

    Args:
        kernel_size: an int or (rows, columns), like stride.
        stride: step of the window; by default the kernel size.
        padding: as in Conv2d; it never wins.
    """

    kind: ClassVar[str] = "maxpool"
    winner_takes_error: ClassVar[bool] = True
    stopped: ClassVar[str] = "a pool chose other numbers"

    def stated_by(self, shapes: tuple[Shape, ...], training: bool) -> Statement:
        """The function that states it, and its options."""
        return equations.max_pool2d, self._named_options

    def forward(self, call: Call) -> Nested:
        """The largest number of each window."""
        return call.book.max_pool2d_forward(call.x, self.kernel_size, self.step, self.padding)

    def backward(self, call: Call, dy: Nested) -> tuple[list[Nested], Gradients]:
        """The error to the winner of each window."""
        return [
            call.book.max_pool2d_backward(dy, call.x, self.kernel_size, self.step, self.padding)
        ], {}


@dataclass(frozen=True)
class AvgPool2d(_Pool2d):
    """Y[n,c,i,j] = (1/m) Σ_{u,v} X[n,c, i·s − p + u, j·s − p + v].

    Backward, every input of a window gets the same part of the error.

    Args:
        kernel_size: an int or (rows, columns), like stride.
        stride: step of the window; by default the kernel size.
        padding: as in Conv2d.
        count_include_pad: whether m counts the padded zeros (m = kH·kW) or only real inputs.
    """

    kind: ClassVar[str] = "avgpool"

    count_include_pad: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        require_flag(self, "count_include_pad")

    @property
    def _options(self) -> tuple[Any, Any, Any, bool]:
        return self.kernel_size, self.step, self.padding, self.count_include_pad

    def stated_by(self, shapes: tuple[Shape, ...], training: bool) -> Statement:
        """The function that states it, and its options."""
        own = {"count_include_pad": self.count_include_pad}
        return equations.avg_pool2d, {**self._named_options, **own}

    def forward(self, call: Call) -> Nested:
        """The average of each window."""
        return call.book.avg_pool2d_forward(call.x, *self._options)

    def backward(self, call: Call, dy: Nested) -> tuple[list[Nested], Gradients]:
        """The same part of the error to every input of a window."""
        return [call.book.avg_pool2d_backward(dy, call.x, *self._options)], {}


@dataclass(frozen=True)
class GlobalAvgPool2d(Layer):
    """Y[n,c] = 1/(IH·IW) Σ_{h,w} X[n,c,h,w]: each map becomes one number, so the output is flat."""

    kind: ClassVar[str] = "globalavgpool"
    family: ClassVar[str] = "pool"
    sees_whole_input: ClassVar[bool] = True

    def output_shape(self, shape: Shape) -> Shape:
        """(C,)."""
        require_maps(self, shape)
        return (shape[0],)

    def stated_by(self, shapes: tuple[Shape, ...], training: bool) -> Statement:
        """The function that states it, and its options."""
        return equations.global_avg_pool2d, {}

    def forward(self, call: Call) -> Nested:
        """The average of each map."""
        return call.book.global_avg_pool2d_forward(call.x)

    def backward(self, call: Call, dy: Nested) -> tuple[list[Nested], Gradients]:
        """The same part of the error to every number of a map."""
        return [call.book.global_avg_pool2d_backward(dy, call.x)], {}


def _every_window_meets_the_image(axis: Axis) -> bool:
    """The first and the last window do, and those between them lie between them."""
    first_ends, last_begins = axis.kernel - axis.before, (axis.output - 1) * axis.stride
    return first_ends > 0 and last_begins - axis.before < axis.size
