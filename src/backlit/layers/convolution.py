"""Conv2d: filters that slide over an image."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar

from backlit import equations
from backlit.errors import ConfigurationError, ShapeError
from backlit.pure.nested import Nested
from backlit.pure.window import Axis, padding_pairs, pair, window
from backlit.system.numbers import is_count

from .base import (
    Layer,
    Shape,
    Statement,
    checked,
    freeze_options,
    require,
    require_flag,
    require_maps,
)
from .call import Call, Gradients

__all__ = [
    "Conv2d",
]


@dataclass(frozen=True)
class Conv2d(Layer):
    """Y[n,o,i,j] = b[o] + Σ_{c,u,v} W[o,c,u,v] · X[n, k, i·s − p + u·d, j·s − p + v·d].

    k = (o div O/G)·C/G + c: a filter sees the channels of its own group; with one group, k = c.

    Parameters: ``weight`` (O, C/G, kH, kW) and ``bias`` (O).  Input (C, IH, IW), output (O, OH, OW)
    with OH = ⌊(IH + 2p − d(kH − 1) − 1)/s⌋ + 1.

    Args:
        filters: O, the number of filters and so of output maps.
        kernel_size: an int or (rows, columns), like stride and dilation.
        stride: step of the window.
        padding: zeros around the image: an int, (rows, columns), ((top, bottom), (left, right)),
            "same" (output ⌈IH/s⌉) or "valid" (none).
        dilation: distance of neighboring weights on the image.
        groups: channels and filters are cut into so many groups that do not see each other.
        bias: whether each filter has a bias.

    Raises:
        ConfigurationError: an option that makes no sense.
    """

    kind: ClassVar[str] = "conv"
    family: ClassVar[str] = "convolution"
    has_filters: ClassVar[bool] = True

    filters: int
    kernel_size: Any
    stride: Any = 1
    padding: Any = 0
    dilation: Any = 1
    groups: int = 1
    bias: bool = True

    def __post_init__(self) -> None:
        freeze_options(self, "filters", "kernel_size", "stride", "padding", "dilation", "groups")
        require(is_count(self.filters), self, "filters must be an int of at least 1", self.filters)
        require(is_count(self.groups), self, "groups must be an int of at least 1", self.groups)
        require(
            self.filters % self.groups == 0,
            self,
            f"filters must be a multiple of groups ({self.groups})",
            self.filters,
        )
        check_window_options(self, self.kernel_size, self.stride, self.padding, self.dilation)
        require_flag(self, "bias")

    def window(self, shape: Shape) -> tuple[Axis, Axis]:
        """The window's two axes (rows, columns)."""
        require_maps(self, shape)
        if shape[0] % self.groups:
            raise ShapeError(f"Conv2d: {shape[0]} channels cannot be cut into {self.groups} groups")
        options = (self.kernel_size, self.stride, self.padding, self.dilation)
        return checked(self, lambda: window((shape[1], shape[2]), *options), ShapeError)

    def output_shape(self, shape: Shape) -> Shape:
        """(O, OH, OW)."""
        rows, columns = self.window(shape)
        return (self.filters, rows.output, columns.output)

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        """``weight`` (O, C/G, kH, kW) and, unless switched off, ``bias`` (O)."""
        kernel = pair("kernel_size", self.kernel_size)
        weight: dict[str, Shape] = {"weight": (self.filters, shape[0] // self.groups, *kernel)}
        return {**weight, "bias": (self.filters,)} if self.bias else weight

    def multiply_adds(self, shape: Shape) -> int:
        """One for each weight at each output position, those that meet padding included."""
        return prod(self.output_shape(shape)) * prod(self.parameter_shapes(shape)["weight"][1:])

    def fans(self, shape: Shape) -> tuple[int, int]:
        """C/G·kH·kW and O/G·kH·kW."""
        return prod(shape[1:]), shape[0] // self.groups * prod(shape[2:])

    def stated_by(self, shapes: tuple[Shape, ...], training: bool) -> Statement:
        """The function that states it, and its options."""
        return equations.conv2d, {
            "kernel_size": self.kernel_size,
            "stride": self.stride,
            "padding": self.padding,
            "dilation": self.dilation,
            "groups": self.groups,
            "bias": self.bias,
        }

    def forward(self, call: Call) -> Nested:
        """Y = b + W * X."""
        w, b = call.parameters["weight"], call.parameters.get("bias")
        return call.book.conv2d_forward(call.x, w, b, *self._steps)

    def backward(self, call: Call, dy: Nested) -> tuple[list[Nested | None], Gradients]:
        """dX, if somebody needs it, dW and db."""
        w = call.parameters["weight"]
        gradients = {"weight": call.book.conv2d_filter_gradient(dy, call.x, w, *self._steps)}
        if self.bias:
            gradients["bias"] = call.book.conv2d_bias_gradient(dy, len(w))
        if not call.needs_input_error:
            return [None], gradients
        size = (len(call.x[0][0]), len(call.x[0][0][0]))
        return [call.book.conv2d_input_gradient(dy, w, size, *self._steps)], gradients

    @property
    def _steps(self) -> tuple[Any, Any, Any, int]:
        return self.stride, self.padding, self.dilation, self.groups


def check_window_options(
    layer: Layer, kernel_size: Any, stride: Any, padding: Any, dilation: Any = 1
) -> None:
    """Raise a ConfigurationError for window options that no image could make sense of."""

    def check() -> None:
        kernel = pair("kernel_size", kernel_size)
        steps, gaps = pair("stride", stride), pair("dilation", dilation)
        padding_pairs(padding, kernel, kernel, steps, gaps)

    checked(layer, check, ConfigurationError)
