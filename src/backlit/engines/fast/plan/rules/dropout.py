"""Dropout: the mask is computed anew on the way back, from the place of each number."""

from __future__ import annotations

from math import prod

import numpy as np

from backlit.engines.fast.plan.builder import Builder, Value
from backlit.engines.fast.plan.outcome import Outcome
from backlit.engines.fast.plan.parts import FIRST
from backlit.engines.fast.plan.registry import Rule, enter
from backlit.layers import Dropout
from backlit.network.engine import Array
from backlit.network.graph import Node
from backlit.pure import dropout_mask


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


def auxiliary(done: Outcome, node: Node) -> dict[str, Array]:
    """The mask, computed by the book from the same key; in evaluation there is none."""
    assert isinstance(node.layer, Dropout)
    if not done.builder.purpose.training:
        return {}
    shape = (len(done.external["images"]), *node.output_shape)
    mask = dropout_mask(prod(shape), node.layer.rate, int(done.external[f"{node.name}.key"][0]))
    return {"mask": np.array(mask, np.float32).reshape(shape)}


enter(Dropout, Rule(forward, backward, auxiliary=auxiliary))
