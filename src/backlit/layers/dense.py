"""Dense and Flatten: the fully connected part."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from backlit import equations
from backlit.errors import ShapeError
from backlit.pure.nested import Nested
from backlit.pure.nested import shape as nested_shape
from backlit.system.numbers import is_count

from .base import Layer, Shape, Statement, freeze_options, require, require_flag
from .call import Call, Gradients

__all__ = [
    "Dense",
    "Flatten",
]


@dataclass(frozen=True)
class Dense(Layer):
    """Y = X·Wᵀ + b: every unit weighs every input.

    Parameters: ``weight`` (units, inputs) and ``bias`` (units).  Input (inputs,), output (units,).

    Args:
        units: the number of outputs.
        bias: whether each unit has a bias.
    """

    kind: ClassVar[str] = "dense"
    family: ClassVar[str] = "dense"
    sees_whole_input: ClassVar[bool] = True

    units: int
    bias: bool = True

    def __post_init__(self) -> None:
        freeze_options(self, "units")
        require(is_count(self.units), self, "units must be an int of at least 1", self.units)
        require_flag(self, "bias")

    def output_shape(self, shape: Shape) -> Shape:
        """(units,)."""
        if len(shape) != 1:
            raise ShapeError(
                f"Dense needs a flat input, got shape {shape}: put Flatten() before it"
            )
        return (self.units,)

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        """``weight`` (units, inputs) and, unless switched off, ``bias`` (units)."""
        weight: dict[str, Shape] = {"weight": (self.units, shape[0])}
        return {**weight, "bias": (self.units,)} if self.bias else weight

    def multiply_adds(self, shape: Shape) -> int:
        """units · inputs."""
        return self.units * shape[0]

    def stated_by(self, shapes: tuple[Shape, ...], training: bool) -> Statement:
        """The function that states it, and its options."""
        return equations.dense, {"bias": self.bias}

    def forward(self, call: Call) -> Nested:
        """Y = X·Wᵀ + b."""
        return call.book.dense_forward(
            call.x, call.parameters["weight"], call.parameters.get("bias")
        )

    def backward(self, call: Call, dy: Nested) -> tuple[list[Nested], Gradients]:
        """dX, dW and db."""
        dx, dw, db = call.book.dense_backward(dy, call.x, call.parameters["weight"])
        return [dx], ({"weight": dw, "bias": db} if self.bias else {"weight": dw})


@dataclass(frozen=True)
class Flatten(Layer):
    """Y[n, (c·IH + h)·IW + w] = X[n,c,h,w]: the maps of an image one after the other."""

    kind: ClassVar[str] = "flatten"
    family: ClassVar[str] = "flatten"

    def output_shape(self, shape: Shape) -> Shape:
        """(C·IH·IW,)."""
        return (prod(shape),)

    def is_identity(self, shape: Shape, training: bool) -> bool:
        """What is flat already stays as it is."""
        return len(shape) == 1

    def stated_by(self, shapes: tuple[Shape, ...], training: bool) -> Statement:
        """The function that states it, and its options."""
        if self.is_identity(shapes[0], training):
            return equations.add, {"n": 1}
        return equations.flatten, {}

    def forward(self, call: Call) -> Nested:
        """Each image's maps in one row."""
        return call.book.flatten_forward(call.x) if _holds_maps(call.x) else call.x

    def backward(self, call: Call, dy: Nested) -> tuple[list[Nested], Gradients]:
        """Each image's errors back in maps."""
        return [call.book.flatten_backward(dy, call.x) if _holds_maps(call.x) else dy], {}


def _holds_maps(x: Nested) -> bool:
    return len(nested_shape(x)) == 4
