"""Dense and Flatten: the fully connected part."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from backlit.errors import ShapeError

from .base import Layer, Shape, freeze_options, require, require_flag
from .convolution import is_count


@dataclass(frozen=True)
class Dense(Layer):
    """Y = X·Wᵀ + b: every unit weighs every input.

    Parameters: ``weight`` (units, inputs) and ``bias`` (units).  Input (inputs,), output (units,).

    Args:
        units: the number of outputs.
        bias: whether each unit has a bias.
    """

    kind: ClassVar[str] = "dense"

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


@dataclass(frozen=True)
class Flatten(Layer):
    """Y[n, (c·IH + h)·IW + w] = X[n,c,h,w]: the maps of an image one after the other."""

    kind: ClassVar[str] = "flatten"

    def output_shape(self, shape: Shape) -> Shape:
        """(C·IH·IW,)."""
        return (prod(shape),)
