"""Add and Concat: where paths meet, and where their errors part."""

from __future__ import annotations

from backlit.engines.fast.plan.builder import Builder, Value
from backlit.engines.fast.plan.registry import Rule, enter
from backlit.layers import Add, Concat
from backlit.network.graph import Node

from .activation import through_activation


def add_forward(b: Builder, node: Node) -> None:
    """Y = A + B + …."""
    y = b.output(node)
    sum_ = b.input(node)
    for place in range(1, len(node.inputs)):
        last = place == len(node.inputs) - 1
        activation = b.fusions.after.get(node.name) if last else None
        kernel = b.kernel("merging:add", size=y.layout.size, activation=activation)
        b.add(node.name, kernel, sum_.operand, b.input(node, place).operand, y.operand)
        sum_ = y


def add_backward(b: Builder, node: Node) -> None:
    """Each part gets the whole error."""
    dy = b.error(node)
    activation = b.fusions.after.get(node.name)
    for place in range(len(node.inputs)):
        wanted = b.error_of_input(node, place)
        if wanted and activation:
            through_activation(b, node, activation, *wanted)
        elif wanted:
            dx, there = wanted
            writer = "merging:accumulate" if there else "merging:copy"
            kernel = b.kernel(writer, size=dy.layout.size)
            b.add(f"{node.name}: back", kernel, dy.operand, dx.operand)


def concat_forward(b: Builder, node: Node) -> None:
    """The channels of all inputs, one after the other."""
    y, offset = b.output(node), 0
    for place in range(len(node.inputs)):
        x = b.input(node, place)
        kernel = b.kernel("merging:concat_forward", **_slice(x, y, offset))
        b.add(node.name, kernel, x.operand, y.operand)
        offset += x.layout.channels


def concat_backward(b: Builder, node: Node) -> None:
    """Each input gets the error of its own channels."""
    dy, offset = b.error(node), 0
    for place in range(len(node.inputs)):
        wanted = b.error_of_input(node, place)
        if wanted:
            dx, there = wanted
            constants = _slice(dx, dy, offset)
            kernel = b.kernel("merging:concat_backward", accumulate=there, **constants)
            b.add(f"{node.name}: back", kernel, dy.operand, dx.operand)
        offset += b.input(node, place).layout.channels


def _slice(x: Value, y: Value, offset: int) -> dict[str, int]:
    return {
        "pixels": x.layout.pixels,
        "channels": x.layout.channels,
        "from_stride": x.layout.stride,
        "to_stride": y.layout.stride,
        "offset": offset,
    }


enter(Add, Rule(add_forward, add_backward, bends=True))
enter(Concat, Rule(concat_forward, concat_backward))
