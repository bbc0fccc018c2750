"""The way back through a single operation, from an error that is given instead of a loss."""

from __future__ import annotations

from backlit.layers import Conv2d, Dense
from backlit.network.graph import Graph

from .builder import Builder, Purpose
from .rules import RULES, begin, error

_FROM_INPUT = (Conv2d, Dense)  # their gradients do not depend on their output


def build_with_given_error(graph: Graph, training: bool, lanes: int, threads: int) -> Builder:
    """The steps from the error of a network's output back to the error of its input."""
    purpose = Purpose(training, gradients=True, everything=True)
    builder = Builder(graph, purpose, lanes, threads)
    begin(builder)
    for node in graph:
        if node.name != graph.output or not isinstance(node.layer, _FROM_INPUT):
            RULES[type(node.layer)].forward(builder, node)
    error(builder)
    for node in reversed(list(graph)):
        RULES[type(node.layer)].backward(builder, node)
    return builder
