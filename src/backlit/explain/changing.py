"""The same pass with another network: a filter silenced, a map held at a value, a step taken.

Each gives a new trace and leaves the old one alone, so that both can be asked and compared.  What
is changed are weights and biases, so every equation of the new trace holds as it did.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from backlit.errors import AddressError, ConfigurationError
from backlit.network.graph import Graph
from backlit.system.names import checked_names
from backlit.system.numbers import is_finite, is_whole
from backlit.system.words import listing

from .recorded import RecordedPass


def clamped_parameters(
    recorded: RecordedPass, layer: str, channel: int, value: float
) -> dict[str, Any]:
    """The parameters with which an output map of a layer is ``value`` everywhere.

    Its filter's weights become 0 and its bias the value: Y[n,o,i,j] = b[o] + Σ 0 · X = value.  So
    nothing passes back through it, either: dX = Σ dY · 0.

    Args:
        recorded: the pass with the network as it is.
        layer: a convolution or a dense layer, by name.
        channel: its filter, which is also its output map; of a dense layer the unit.
        value: what the map is to be.

    Raises:
        AddressError: no such layer, one without filters, or no such filter.
        ConfigurationError: a value that is not finite, or other than 0 where there is no bias.
    """
    parameters = recorded.snapshot.parameters
    if f"{layer}.weight" not in parameters or not _has_filters(recorded.graph, layer):
        able = [node.name for node in recorded.graph if _has_filters(recorded.graph, node.name)]
        raise AddressError(
            f"{layer!r} is no layer with filters or units; this network has "
            f"{listing(able) or 'none'}"
        )
    weight = np.array(parameters[f"{layer}.weight"])
    if not is_whole(channel) or not 0 <= channel < len(weight):
        raise AddressError(
            f"{layer} has the filters 0 to {len(weight) - 1}, there is no {channel!r}"
        )
    if not is_finite(value):
        raise ConfigurationError(f"a map can be held at a finite number, not at {value!r}")
    weight[channel] = 0
    changed = {f"{layer}.weight": weight}
    if f"{layer}.bias" in parameters:
        bias = np.array(parameters[f"{layer}.bias"])
        bias[channel] = value
        changed[f"{layer}.bias"] = bias
    elif value != 0:
        raise ConfigurationError(
            f"{layer} has no bias that could hold its map at {value!r}; it can be silenced, at 0"
        )
    return changed


def stepped_parameters(
    recorded: RecordedPass, rate: float, frozen: Collection[str] = ()
) -> dict[str, Any]:
    """The parameters after one step of gradient descent, W ← W − η·dW, for the images of the pass.

    Args:
        recorded: the pass whose gradients are taken.
        rate: η.
        frozen: layers whose weights and biases stay as they are.

    Raises:
        AddressError: a frozen layer that is not there.
        ConfigurationError: a rate that is no finite number, or one text instead of several names.
    """
    if not is_finite(rate):
        raise ConfigurationError(f"the learning rate must be a finite number, got {rate!r}")
    frozen = checked_names("frozen", frozen)
    for layer in frozen:
        check_layer(recorded.graph, layer)
    gradients = recorded.recording.gradients
    with np.errstate(all="ignore"):  # a rate may be too large; what comes of it is seen
        return {
            name: values - rate * gradients[name]
            for name, values in recorded.snapshot.parameters.items()
            if name.rpartition(".")[0] not in frozen
        }


def check_layer(graph: Graph, layer: str) -> None:
    """Make sure that there is such a layer, with something to learn.

    Raises:
        AddressError: there is not.
    """
    able = [node.name for node in graph if node.parameter_shapes]
    if layer not in able:
        raise AddressError(
            f"{layer!r} is no layer with weights to freeze; this network has "
            f"{listing(able) or 'none'}"
        )


def _has_filters(graph: Graph, layer: str) -> bool:
    """Whether the first index of its weights is that of its output's maps or units."""
    shapes = {node.name: node.parameter_shapes for node in graph}
    weight = shapes.get(layer, {}).get("weight", ())
    return len(weight) in (2, 4)
