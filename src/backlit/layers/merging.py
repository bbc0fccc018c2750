"""Add and Concat: where paths meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from backlit.errors import ShapeError

from .base import MergeLayer, Shape


@dataclass(frozen=True, init=False)
class Add(MergeLayer):
    """Y = A + B + …: the previous layer's output and those of the named layers, of one shape.

    A residual block is ``Add("relu1")``; give the shortcut layers of its own with ``inputs=``:
    ``Conv2d(32, 1, stride=2, inputs="relu1", name="shortcut"), Add("batchnorm2")``.
    """

    kind: ClassVar[str] = "add"

    def merged_shape(self, shapes: list[Shape]) -> Shape:
        """The one shape of all inputs."""
        if len(set(shapes)) > 1:
            raise ShapeError(f"Add needs equal shapes, got {_list(shapes)}")
        return shapes[0]


@dataclass(frozen=True, init=False)
class Concat(MergeLayer):
    """The channels of the previous layer's output, then those of the named layers in order."""

    kind: ClassVar[str] = "concat"

    def merged_shape(self, shapes: list[Shape]) -> Shape:
        """The sum of all channels over maps of one size."""
        if len({shape[1:] for shape in shapes}) > 1:
            raise ShapeError(f"Concat needs maps of one size, got shapes {_list(shapes)}")
        return (sum(shape[0] for shape in shapes), *shapes[0][1:])


def _list(shapes: list[Shape]) -> str:
    return " and ".join(map(str, shapes))
