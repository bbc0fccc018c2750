"""Dense: no packing, and the gradient of the weights over all images at once."""

from __future__ import annotations

from backlit.engines.fast.plan.builder import Builder
from backlit.engines.fast.plan.parts import COUNT, Operand
from backlit.engines.fast.plan.registry import Rule, enter
from backlit.layers import Dense
from backlit.network.graph import Node


def forward(b: Builder, node: Node) -> None:
    """Y = X·Wᵀ + b."""
    layer = node.layer
    assert isinstance(layer, Dense)
    x, y = b.input(node), b.output(node)
    kernel = b.kernel(
        "dense:forward",
        inputs=x.layout.channels,
        outputs=layer.units,
        source=x.layout.stride,
        target=y.layout.stride,
        bias=layer.bias,
    )
    bias = b.parameter(node, "bias") if layer.bias else Operand(None)
    b.add(node.name, kernel, x.operand, b.parameter(node, "weight"), bias, y.operand)


def backward(b: Builder, node: Node) -> None:
    """dW = dYᵀ·X and db, row by row of W; dX = dY·W if somebody needs it."""
    layer = node.layer
    assert isinstance(layer, Dense)
    x, dy = b.input(node), b.error(node)
    inputs = x.layout.channels
    strides = {"source": x.layout.stride, "target": dy.layout.stride}
    kernel = b.kernel("dense:weight_gradient", inputs=inputs, bias=layer.bias, **strides)
    b.by_rows(
        layer.units,
        f"{node.name}: gradient of the weights",
        kernel,
        x.operand,
        Operand(dy.tensor, step=1),
        b.gradient(node, "weight", step=inputs),
        b.gradient(node, "bias", step=1) if layer.bias else Operand(None),
        COUNT,
    )
    wanted = b.error_of_input(node)
    if wanted:
        dx, there = wanted
        kernel = b.kernel(
            "dense:input_gradient", inputs=inputs, outputs=layer.units, accumulate=there, **strides
        )
        weight = b.parameter(node, "weight")
        b.add(f"{node.name}: error of the input", kernel, dy.operand, weight, dx.operand)


enter(Dense, Rule(forward, backward, reads_forward=False))
