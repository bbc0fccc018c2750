"""Activation functions."""

from __future__ import annotations

from backlit.engines.fast.plan.builder import Bend, Builder, Value
from backlit.engines.fast.plan.parts import numbers
from backlit.engines.fast.plan.registry import Rule, enter
from backlit.layers import Activation
from backlit.network.graph import Node


def forward(b: Builder, node: Node) -> None:
    """A = f(Z)."""
    z, a = b.input(node), b.output(node)
    assert node.layer.function
    kind, option = node.layer.function
    kernel = b.kernel("activations:forward", kind=kind, option=option)
    b.add(node.name, kernel, z.operand, a.operand, *numbers(a.layout.size))


def backward(b: Builder, node: Node) -> None:
    """dZ = dA·f'."""
    wanted = b.error_of_input(node)
    if wanted is None:
        return
    dz, there = wanted
    assert node.layer.function
    seen = b.values[node.name] if node.layer.slope_from_output else b.input(node)
    _backward(b, node.name, node.layer.function, (b.error(node), seen, dz), there)


def through_activation(
    b: Builder, node: Node, activation: Bend, dz: Value, accumulate: bool
) -> None:
    """The error of a layer that does its activation itself, before the activation."""
    values = (b.error(node), b.values[node.name], dz)
    _backward(b, node.name, activation, values, accumulate)


def _backward(
    b: Builder,
    name: str,
    activation: Bend,
    values: tuple[Value, Value, Value],
    accumulate: bool,
) -> None:
    """From dA to dZ; a slope is told from what is seen."""
    kind, option = activation
    kernel = b.kernel("activations:backward", kind=kind, option=option, accumulate=accumulate)
    operands = (value.operand for value in values)
    size = numbers(values[0].layout.size)
    b.add(f"{name}: back through {kind}", kernel, *operands, *size)


enter(Activation, Rule(forward, backward))
