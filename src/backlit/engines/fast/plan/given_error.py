"""The way back through a single operation, from an error that is given instead of a loss."""

from __future__ import annotations

from backlit.network.graph import Graph

from .builder import Builder, PlanPurpose
from .registry import rule_of
from .rules import begin, error


def build_with_given_error(graph: Graph, training: bool, lanes: int, threads: int) -> Builder:
    """The steps from the error of a network's output back to the error of its input."""
    purpose = PlanPurpose(training, gradients=True, everything=True)
    builder = Builder(graph, purpose, lanes, threads)
    begin(builder)
    for node in graph:
        rule = rule_of(node.layer)
        if node.name != graph.output or rule.reads_forward:
            rule.forward(builder, node)
    error(builder)
    for node in reversed(list(graph)):
        rule_of(node.layer).backward(builder, node)
    return builder
