"""The windows of a pooling layer, laid out side by side, to see who won in each."""

from __future__ import annotations

from typing import Any

import numpy as np

from backlit.network import Node
from backlit.network.engine import Array


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
