"""Add and Concat: where paths meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from backlit import equations
from backlit.errors import ShapeError
from backlit.pure.nested import Nested

from .base import MergeLayer, Shape, Statement
from .call import Call, Gradients

__all__ = [
    "Add",
    "Concat",
]


@dataclass(frozen=True, init=False)
class Add(MergeLayer):
    """Y = A + B + …: the previous layer's output and those of the named layers, of one shape.

    A residual block is ``Add("relu1")``; give the shortcut layers of its own with ``inputs=``:
    ``Conv2d(32, 1, stride=2, inputs="relu1", name="shortcut"), Add("batchnorm2")``.
    """

    kind: ClassVar[str] = "add"
    family: ClassVar[str] = "add"

    def shape_of(self, shapes: tuple[Shape, ...]) -> Shape:
        """The one shape of all inputs."""
        if len(set(shapes)) > 1:
            raise ShapeError(f"Add needs equal shapes, got {_list(shapes)}")
        return shapes[0]

    def stated_by(self, shapes: tuple[Shape, ...], training: bool) -> Statement:
        """The function that states it, and how many parts there are."""
        return equations.add, {"n": len(shapes)}

    def forward(self, call: Call) -> Nested:
        """Y = A + B + …."""
        return call.book.add_forward(call.inputs)

    def backward(self, call: Call, dy: Nested) -> tuple[list[Nested], Gradients]:
        """Each part gets the whole error."""
        return call.book.add_backward(dy, call.inputs), {}


@dataclass(frozen=True, init=False)
class Concat(MergeLayer):
    """The channels of the previous layer's output, then those of the named layers in order."""

    kind: ClassVar[str] = "concat"
    family: ClassVar[str] = "concat"

    def shape_of(self, shapes: tuple[Shape, ...]) -> Shape:
        """The sum of all channels over maps of one size."""
        if len({shape[1:] for shape in shapes}) > 1:
            raise ShapeError(f"Concat needs maps of one size, got shapes {_list(shapes)}")
        return (sum(shape[0] for shape in shapes), *shapes[0][1:])

    def stated_by(self, shapes: tuple[Shape, ...], training: bool) -> Statement:
        """The function that states it, and how many channels each part has."""
        channels = tuple(shape[0] for shape in shapes)
        return equations.concat, {"channels": channels, "maps": len(shapes[0]) == 3}

    def forward(self, call: Call) -> Nested:
        """All channels, one part after the other."""
        return call.book.concat_forward(call.inputs)

    def backward(self, call: Call, dy: Nested) -> tuple[list[Nested], Gradients]:
        """Each part gets the error of its own channels."""
        return call.book.concat_backward(dy, call.inputs), {}


def _list(shapes: tuple[Shape, ...]) -> str:
    return " and ".join(map(str, shapes))
