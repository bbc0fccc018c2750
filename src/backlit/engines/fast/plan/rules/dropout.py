"""Dropout: the mask is computed anew on the way back, from the place of each number."""

from __future__ import annotations

from backlit.engines.fast.plan.builder import Builder, Value
from backlit.engines.fast.plan.parts import FIRST
from backlit.engines.fast.plan.registry import enter
from backlit.layers import Dropout
from backlit.network.graph import Node


def forward(b: Builder, node: Node) -> None:
    """Y = M·X/(1 − rate); in evaluation Y is X."""
    if not b.purpose.training and not b.purpose.everything:
        b.values[node.name] = b.input(node)
        return
    _drop(b, node, node.name, b.input(node), b.output(node), accumulate=False)


def backward(b: Builder, node: Node) -> None:
    """dX = M·dY/(1 − rate)."""
    wanted = b.error_of_input(node)
    if wanted:
        _drop(b, node, f"{node.name}: back", b.error(node), wanted[0], accumulate=wanted[1])


def _drop(b: Builder, node: Node, title: str, x: Value, y: Value, accumulate: bool) -> None:
    layer = node.layer
    assert isinstance(layer, Dropout)
    if not b.purpose.training:
        writer = "merging:accumulate" if accumulate else "merging:copy"
        b.add(title, b.kernel(writer, size=y.layout.size), x.operand, y.operand)
        return
    shape = (*y.layout.shape, 1, 1)[:3]
    kernel = b.kernel(
        "dropout:forward",
        rate=layer.rate,
        channels=shape[0],
        height=shape[1],
        width=shape[2],
        stride=y.layout.stride,
        accumulate=accumulate,
    )
    key = b.external(f"{node.name}.key")
    b.add(title, kernel, x.operand, y.operand, FIRST, key)


enter(Dropout, forward, backward)
