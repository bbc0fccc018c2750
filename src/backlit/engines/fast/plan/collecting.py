"""From a graph to the steps of a plan: walks through the layers, and their rules add the steps."""

from __future__ import annotations

from backlit.network.graph import Graph

from .builder import Builder, Fusions, PlanPurpose
from .fusion import fusions
from .registry import rule_of
from .rules import begin, error, loss, update


def collect(graph: Graph, purpose: PlanPurpose, lanes: int, threads: int) -> Builder:
    """A builder that has collected all steps of a network for a purpose.

    Args:
        graph: the network.
        purpose: what the plan is for.
        lanes: of the vectors.
        threads: how many will work.
    """
    fused = Fusions() if purpose.everything else fusions(graph, purpose.gradients)
    builder = Builder(graph, purpose, lanes, threads, fused)
    begin(builder)
    for node in graph:
        if node.name in fused.guests:
            builder.values[node.name] = builder.values[node.inputs[0]]
        else:
            rule_of(node.layer).forward(builder, node)
    if purpose.gradients:
        loss(builder)
        for node in reversed(list(graph)):
            if node.name not in builder.errors:
                continue  # nothing below has anything to learn
            if node.name in fused.guests:
                builder.errors[node.inputs[0]] = builder.errors[node.name]
            else:
                rule_of(node.layer).backward(builder, node)
    if purpose.update:
        update(builder, purpose.update)
    return builder


def collect_from_error(graph: Graph, training: bool, lanes: int, threads: int) -> Builder:
    """The same for one operation, from a given error of the output back to that of the input.

    Args:
        graph: the operation, perhaps behind layers that bring its input into shape.
        training: whether it behaves as in training.
        lanes: of the vectors.
        threads: how many will work.
    """
    purpose = PlanPurpose(training, gradients=True, everything=True)
    builder = Builder(graph, purpose, lanes, threads, Fusions())
    begin(builder)
    for node in graph:
        rule = rule_of(node.layer)
        if node.name != graph.output or rule.reads_forward:
            rule.forward(builder, node)
    error(builder)
    for node in reversed(list(graph)):
        rule_of(node.layer).backward(builder, node)
    return builder
