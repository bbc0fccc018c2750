"""Layers that work otherwise in training than in evaluation, and what is to be said of that."""

from __future__ import annotations

from backlit.layers import BatchNorm2d, Dropout
from backlit.network import Graph


def has_modes(graph: Graph) -> bool:
    """Whether it makes a difference to a network if it is in training or in evaluation."""
    return any(isinstance(node.layer, BatchNorm2d | Dropout) for node in graph)


def mode_words(graph: Graph, training: bool) -> str:
    """How such layers work in a pass, as a sentence; "" where there are none."""
    kinds = {type(node.layer) for node in graph}
    parts = []
    if BatchNorm2d in kinds:
        whose = "these images" if training else "the training"
        parts.append(f"batch norm uses mean and variance of {whose}")
    if Dropout in kinds:
        parts.append(f"dropout leaves {'some numbers' if training else 'nothing'} out")
    if not parts:
        return ""
    return f"As in {'a training step' if training else 'evaluation'}, {' and '.join(parts)}."
