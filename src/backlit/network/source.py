"""A network in words of its own: as the Python that builds it, and in one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, fields

from backlit.layers import Layer, Shape

from .graph import INPUT, Graph, Node
from .normalization import Normalization


def source(
    input_shape: Shape,
    layers: Sequence[Layer],
    *,
    seed: int,
    initialization: str,
    normalization: Normalization | None,
    classes: Sequence[str] | None,
) -> str:
    """The Python that builds a network with these arguments of its; see :class:`.Network`."""
    body = [f"        {_call(layer)}," for layer in layers]
    tail = [f"seed={seed}"]
    if initialization != "he":
        tail.append(f"initialization={initialization!r}")
    if normalization:
        tail.append(f"normalization=bl.{normalization!r}")
    if classes:
        tail.append(f"classes={tuple(classes)!r}")
    lines = ["import backlit as bl", "", "net = bl.Network(", f"    input_shape={input_shape!r},"]
    lines += ["    layers=[", *body, "    ],", *(f"    {each}," for each in tail), ")"]
    return "\n".join(lines) + "\n"


def _call(layer: Layer) -> str:
    """``bl.Conv2d(8, 3, padding=1)``: what has no default by its place, the rest by its name."""
    places: list[str] = []
    names: list[str] = []
    for each in fields(layer):
        value = getattr(layer, each.name)
        if each.name == "others":
            places += map(repr, value)
        elif each.default is MISSING:
            places.append(repr(value))
        elif value != each.default:
            names.append(f"{each.name}={value!r}")
    return f"bl.{type(layer).__name__}({', '.join([*places, *names])})"


def in_short(graph: Graph) -> str:
    """A network in one line: ``1×8×8 → conv 8@3×3 → ReLU → max pool 2×2 → … → dense 10``."""
    parts = ["×".join(map(str, graph.input_shape))]
    previous = INPUT
    named = {read for node in graph for read in node.inputs if not _is_before(graph, node, read)}
    for node in graph:
        text = layer_in_short(node)
        if node.inputs[0] != previous:
            text += f" of {node.inputs[0]}"
        if others := node.inputs[1:]:
            text += f" with {' and '.join(others)}"
        parts.append(f"{text} ({node.name})" if node.name in named else text)
        previous = node.name
    return " → ".join(parts)


def _is_before(graph: Graph, node: Node, read: str) -> bool:
    """Whether a layer reads the one right before it, as most do."""
    names = [INPUT, *(each.name for each in graph)]
    return read == node.inputs[0] and names[names.index(node.name) - 1] == read


def layer_in_short(node: Node) -> str:
    """A layer in a word or two: ``conv 8@3×3 /2``, eight filters of 3×3 with stride 2."""
    layer = node.layer
    axes = layer.window(node.input_shapes[0])
    size = axes and "×".join(str(each.kernel) for each in axes)
    strides = axes and tuple(each.stride for each in axes)
    usual = (1, 1) if layer.has_filters else tuple(each.kernel for each in axes or ())
    step = (
        ""
        if strides is None or strides == usual
        else " /" + "×".join(map(str, dict.fromkeys(strides)))
    )
    count = node.output_shape[0]
    groups = getattr(layer, "groups", 1)
    if layer.has_filters:
        apart = f", {groups} groups" if groups > 1 else ""
        return f"conv {count}@{size}{step}{apart}"
    name = _NAMES.get(type(layer).__name__, type(layer).__name__)
    if layer.family == "dense":
        return f"dense {count}"
    return f"{name} {size}{step}" if size else name


_NAMES = {
    "MaxPool2d": "max pool",
    "AvgPool2d": "average pool",
    "GlobalAvgPool2d": "global average",
    "BatchNorm2d": "batch norm",
    "Flatten": "flatten",
    "Dropout": "dropout",
    "Add": "add",
    "Concat": "concat",
}
