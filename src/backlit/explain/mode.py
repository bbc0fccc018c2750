"""Layers that work otherwise in training than in evaluation, and what is to be said of that."""

from __future__ import annotations

from backlit.network import Graph


def has_modes(graph: Graph) -> bool:
    """Whether it makes a difference to a network if it is in training or in evaluation."""
    return any(node.layer.modes for node in graph)


def mode_words(graph: Graph, training: bool) -> str:
    """How such layers work in a pass, as a sentence; "" where there are none."""
    modes = sorted({node.layer.modes for node in graph if node.layer.modes})
    parts = [mode[0 if training else 1] for mode in modes]
    if not parts:
        return ""
    return f"As in {'a training step' if training else 'evaluation'}, {' and '.join(parts)}."
