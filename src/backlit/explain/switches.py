"""Kinks: the places where a network is not smooth, and which of them were crossed.

A ReLU that goes from off to on, or a maximum that another number wins, changes the slope of the
loss at once.  A measured slope then mixes both sides, and need not agree with the gradient, which
knows only the side that the network is on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from backlit.layers import Layer
from backlit.network import Graph, Node, Recording
from backlit.network.engine import Array

from .windows import winners
from .words import number

_LISTED = 100  # places that to_dict lists for one layer


@dataclass(frozen=True)
class Switches:
    """What switched in one layer.

    Attributes:
        layer: its name.
        kind: "kink" (a number crossed a kink of the activation) or "maximum" (another number of
            the window won).
        places: the indices of the layer's outputs at which it happened.
        at: the numbers at which the activation has kinks.
    """

    layer: str
    kind: str
    places: tuple[tuple[int, ...], ...]
    at: tuple[float, ...] = ()

    @property
    def count(self) -> int:
        """How many switched."""
        return len(self.places)

    def to_dict(self) -> dict[str, Any]:
        """For JSON: ``layer``, ``kind``, ``count`` and the first 100 ``places``."""
        listed = [list(place) for place in self.places[:_LISTED]]
        return {"layer": self.layer, "kind": self.kind, "count": self.count, "places": listed}


def find_switches(graph: Graph, recordings: Sequence[Recording]) -> tuple[Switches, ...]:
    """Every place that is not on the same side of its kink in all of the recordings."""
    found = []
    for node in graph:
        sides = [_sides(node, recording.activations[node.inputs[0]]) for recording in recordings]
        first = sides[0]
        if first is None:
            continue
        moved = np.zeros(first.shape, bool)
        for other in sides[1:]:
            moved |= first != other
        if moved.any():
            kind = "maximum" if node.layer.winner_takes_error else "kink"
            places = tuple(tuple(map(int, place)) for place in np.argwhere(moved))
            kinks = tuple(kink.at for kink in node.layer.kinks)
            found.append(Switches(node.name, kind, places, kinks))
    return tuple(found)


def _sides(node: Node, x: Array) -> Array | None:
    """For each output of a layer with kinks: on which side of them it is; None for smooth ones."""
    if node.layer.winner_takes_error:
        return winners(node, x)
    if not node.layer.kinks:
        return None
    passed = [x > kink.at for kink in node.layer.kinks]
    return np.asarray(np.sum(passed, axis=0))


def is_flat(layer: Layer, x: Any) -> Any:
    """For each number that goes into an activation: whether the slope there is 0."""
    off = [(low <= x) & (x <= high) for low, high in layer.flat]
    return np.logical_or.reduce(off) if off else np.zeros(np.shape(x), bool)


def where_it_passes(layer: Layer) -> str:
    """Where the slope of an activation is not 0, in words: "above 0", "between 0 and 6"."""
    low = max((high for _, high in layer.flat if high < inf), default=-inf)
    high = min((low for low, _ in layer.flat if low > -inf), default=inf)
    if high == inf:
        return f"above {number(low)}"
    return f"between {number(low)} and {number(high)}" if low > -inf else f"below {number(high)}"
