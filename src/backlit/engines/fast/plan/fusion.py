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

from backlit.network.graph import Graph, Node

from .builder import Fusions
from .registry import rule_of


def fusions(graph: Graph, gradients: bool) -> Fusions:
    """All that can be fused in a graph."""
    found = Fusions()
    for node in graph:
        layer = node.layer
        activation = layer.function
        if activation is None or (gradients and not layer.slope_from_output):
            continue
        reader, source = _only_reader(graph, node.name), node.inputs[0]
        if source not in graph or _only_reader(graph, source) is not node:
            continue
        if reader and rule_of(reader.layer).bends_maxima and layer.is_monotone:
            found.pooled[reader.name] = activation
            found.guests[node.name] = reader.name
        elif rule_of(graph[source].layer).bends:
            found.after[source] = activation
            found.guests[node.name] = source
    return found


def _only_reader(graph: Graph, name: str) -> Node | None:
    readers = graph.readers(name)
    return readers[0] if len(readers) == 1 and name != graph.output else None
