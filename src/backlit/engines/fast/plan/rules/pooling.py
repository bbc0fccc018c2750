"""Pools."""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.plan.builder import Builder
from backlit.engines.fast.plan.parts import Operand, Place, PlanTensor
from backlit.engines.fast.plan.registry import Rule, enter
from backlit.layers import AvgPool2d, GlobalAvgPool2d, MaxPool2d
from backlit.network.graph import Node

from .convolution_sizes import axis_numbers


def _window(node: Node, stride: int) -> dict[str, Any]:
    axes = node.layer.window(node.input_shapes[0])
    assert axes is not None
    rows, columns = map(axis_numbers, axes)
    return {"rows": rows, "columns": columns, "stride": stride}


def _winners(b: Builder, node: Node) -> Operand:
    return Operand(PlanTensor(f"{node.name}.winners", Place.IMAGES, b.layout(node.name).size))


def max_forward(b: Builder, node: Node) -> None:
    """The largest number of each window, and where it was if there is a way back."""
    assert isinstance(node.layer, MaxPool2d)
    x, y = b.input(node), b.output(node)
    notes_winners = b.purpose.gradients
    winners = _winners(b, node) if notes_winners else Operand(None)
    kernel = b.kernel(
        "pooling:max_forward",
        notes_winners=notes_winners,
        activation=b.fusions.pooled.get(node.name),
        **_window(node, x.layout.stride),
    )
    b.add(node.name, kernel, x.operand, y.operand, winners)


def max_backward(b: Builder, node: Node) -> None:
    """The error goes to the winner."""
    wanted = b.error_of_input(node)
    if wanted is None:
        return
    dx, there = wanted
    window = _window(node, dx.layout.stride)
    activation = b.fusions.pooled.get(node.name)
    kernel = b.kernel("pooling:max_backward", accumulate=there, activation=activation, **window)
    y, dy = b.values[node.name], b.error(node)
    operands = (dy.operand, _winners(b, node), dx.operand, y.operand)
    b.add(f"{node.name}: back", kernel, *operands)


def average_forward(b: Builder, node: Node) -> None:
    """The average of each window."""
    layer = node.layer
    assert isinstance(layer, AvgPool2d)
    x, y = b.input(node), b.output(node)
    kernel = b.kernel(
        "pooling:average_forward",
        count_pad=layer.count_include_pad,
        **_window(node, x.layout.stride),
    )
    b.add(node.name, kernel, x.operand, y.operand)


def average_backward(b: Builder, node: Node) -> None:
    """Every number of a window gets the same part."""
    layer = node.layer
    assert isinstance(layer, AvgPool2d)
    wanted = b.error_of_input(node)
    if wanted is None:
        return
    dx, there = wanted
    kernel = b.kernel(
        "pooling:average_backward",
        count_pad=layer.count_include_pad,
        accumulate=there,
        **_window(node, dx.layout.stride),
    )
    b.add(f"{node.name}: back", kernel, b.error(node).operand, dx.operand)


def global_forward(b: Builder, node: Node) -> None:
    """The average of each map."""
    x, y = b.input(node), b.output(node)
    pixels, stride = x.layout.pixels, x.layout.stride
    kernel = b.kernel("pooling:global_average_forward", pixels=pixels, stride=stride)
    b.add(node.name, kernel, x.operand, y.operand)


def global_backward(b: Builder, node: Node) -> None:
    """Every number of a map gets the same part."""
    wanted = b.error_of_input(node)
    if wanted is None:
        return
    dx, there = wanted
    kernel = b.kernel(
        "pooling:global_average_backward",
        pixels=dx.layout.pixels,
        stride=dx.layout.stride,
        accumulate=there,
    )
    b.add(f"{node.name}: back", kernel, b.error(node).operand, dx.operand)


enter(MaxPool2d, Rule(max_forward, max_backward, bends_maxima=True))
enter(AvgPool2d, Rule(average_forward, average_backward))
enter(GlobalAvgPool2d, Rule(global_forward, global_backward))
