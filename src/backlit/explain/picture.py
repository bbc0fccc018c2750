"""Which part of the picture a number has seen, and what the windows of a pooling layer hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from backlit.layers import Shape
from backlit.network import Graph, Node
from backlit.network.engine import Array
from backlit.network.graph import INPUT


@dataclass(frozen=True)
class Patch:
    """A rectangle of the picture, ``top`` to ``bottom − 1`` and ``left`` to ``right − 1``."""

    top: int
    bottom: int
    left: int
    right: int

    def around(self, other: Patch) -> Patch:
        """The smallest rectangle that holds both."""
        return Patch(
            min(self.top, other.top),
            max(self.bottom, other.bottom),
            min(self.left, other.left),
            max(self.right, other.right),
        )

    def clipped(self, height: int, width: int) -> Patch:
        """The part of it that is not padding."""
        return Patch(
            min(max(self.top, 0), height),
            max(min(self.bottom, height), 0),
            min(max(self.left, 0), width),
            max(min(self.right, width), 0),
        )

    def to_dict(self) -> dict[str, Any]:
        """For JSON: the fields."""
        return {"top": self.top, "bottom": self.bottom, "left": self.left, "right": self.right}


def seen_patch(graph: Graph, name: str, place: tuple[int, ...]) -> Patch:
    """What an output of ``name`` at ``place`` (channel, row, column) has seen of the picture."""
    whole = Patch(0, graph.input_shape[1], 0, graph.input_shape[2])
    if len(place) != 3:
        return whole
    _, row, column = place
    return _seen(graph, name, Patch(row, row + 1, column, column + 1))


def _seen(graph: Graph, name: str, patch: Patch) -> Patch:
    """What a rectangle of the maps of ``name`` has seen; maps are only made of maps."""
    _, height, width = graph.input_shape
    if name == INPUT:
        return patch.clipped(height, width)
    node = graph[name]
    below = [
        _seen(graph, read, _read(node.layer, patch, shape))
        for read, shape in zip(node.inputs, node.input_shapes, strict=True)
    ]
    seen = below[0]
    for other in below[1:]:
        seen = seen.around(other)
    return seen


def _read(layer: Any, patch: Patch, shape: Shape) -> Patch:
    """What a rectangle of a layer's output reads of its input."""
    axes = layer.window(shape)
    if axes is None:
        return patch
    rows, columns = axes
    return Patch(
        rows.input_position(patch.top, 0),
        rows.input_position(patch.bottom - 1, rows.kernel - 1) + 1,
        columns.input_position(patch.left, 0),
        columns.input_position(patch.right - 1, columns.kernel - 1) + 1,
    ).clipped(*shape[1:])


def pool_windows(node: Node, maps: Array) -> Array:
    """Every window of a pooling layer: (..., H, W) becomes (..., OH, OW, kH·kW), in row order.

    What lies in the padding is −∞, so it never wins a maximum.
    """
    rows, columns = _axes(node)
    reach = [(axis.before, axis.after) for axis in (rows, columns)]
    padded = np.pad(maps, [(0, 0)] * (maps.ndim - 2) + reach, constant_values=-np.inf)
    views = np.lib.stride_tricks.sliding_window_view(
        padded, (rows.kernel, columns.kernel), axis=(-2, -1)
    )
    stepped = views[..., :: rows.stride, :: columns.stride, :, :]
    return stepped.reshape(*stepped.shape[:-2], -1)


def winners(node: Node, maps: Array) -> Array:
    """Which number of each window is the largest, the first in row order among equals."""
    places: Array = pool_windows(node, maps).argmax(-1)
    return places


def _axes(node: Node) -> Any:
    axes = node.layer.window(node.input_shapes[0])
    if axes is None:
        raise TypeError(f"{node.name} has no window")
    return axes
