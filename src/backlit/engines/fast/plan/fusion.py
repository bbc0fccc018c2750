"""Which layers are computed together, so that their numbers pass through memory once.

    what follows what                      is done as
    ---------------------------------      -------------------------------------------------------
    activation, then max pool              the maximum of Z, then the activation of the maximum
    convolution, then activation           the activation of each sum before it is stored
    batch norm, then activation            the same; on the way back the slope with the norm's sums
    sum of branches, then activation       the activation of each sum before it is stored

Each needs that nobody else reads what is in between.  Where there is a way back, the slope has to
be told from the activation's output, since its input is gone; before a pool the activation must
never fall, so that the largest input has the largest output.  Plans that keep everything fuse
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from backlit.engines.fast.kernels.sizes import from_output
from backlit.layers import (
    ELU,
    GELU,
    Add,
    BatchNorm2d,
    Conv2d,
    Layer,
    LeakyReLU,
    MaxPool2d,
    ReLU,
    Sigmoid,
    SiLU,
    Tanh,
)
from backlit.network.graph import Graph, Node

Activation = tuple[str, float]  # what the kernels call it, and the one number that some have
_KINDS: dict[type[Layer], str] = {
    ELU: "elu",
    GELU: "gelu",
    LeakyReLU: "leaky_relu",
    ReLU: "relu",
    Sigmoid: "sigmoid",
    SiLU: "silu",
    Tanh: "tanh",
}
_HOSTS = (Conv2d, BatchNorm2d, Add)


@dataclass
class Fusions:
    """What is done by whom.

    Attributes:
        after: layer -> the activation that it applies to its own output.
        pooled: max pool -> the activation that it applies to its maxima.
        guests: activations that another layer does -> that layer.
    """

    after: dict[str, Activation] = field(default_factory=dict)
    pooled: dict[str, Activation] = field(default_factory=dict)
    guests: dict[str, str] = field(default_factory=dict)


def activation_of(layer: Layer) -> Activation:
    """An activation layer as the kernels know it."""
    option = getattr(layer, "alpha", getattr(layer, "slope", 0.0))
    return _KINDS[type(layer)], float(option)


def fusions(graph: Graph, gradients: bool) -> Fusions:
    """All that can be fused in a graph."""
    found = Fusions()
    for node in graph:
        if type(node.layer) not in _KINDS:
            continue
        activation = activation_of(node.layer)
        if gradients and not from_output(*activation):
            continue
        reader, source = _only_reader(graph, node.name), node.inputs[0]
        if source not in graph or _only_reader(graph, source) is not node:
            continue
        if reader and isinstance(reader.layer, MaxPool2d) and _never_falls(*activation):
            found.pooled[reader.name] = activation
            found.guests[node.name] = reader.name
        elif isinstance(graph[source].layer, _HOSTS):
            found.after[source] = activation
            found.guests[node.name] = source
    return found


def _only_reader(graph: Graph, name: str) -> Node | None:
    readers = graph.readers(name)
    return readers[0] if len(readers) == 1 and name != graph.output else None


def _never_falls(kind: str, option: float) -> bool:
    return kind not in {"gelu", "silu"} and option >= 0
