"""Activation functions."""

from __future__ import annotations

from backlit.fast.kernels.sizes import from_output
from backlit.fast.plan.builder import Builder
from backlit.network.graph import Node
from backlit.network.layers import ELU, GELU, Layer, LeakyReLU, ReLU, Sigmoid, SiLU, Tanh

_KINDS: dict[type[Layer], str] = {
    ELU: "elu",
    GELU: "gelu",
    LeakyReLU: "leaky_relu",
    ReLU: "relu",
    Sigmoid: "sigmoid",
    SiLU: "silu",
    Tanh: "tanh",
}


def kind_and_option(layer: Layer) -> tuple[str, float]:
    """What the kernels call it, and the one number that some have."""
    option = getattr(layer, "alpha", getattr(layer, "slope", 0.0))
    return _KINDS[type(layer)], float(option)


def forward(b: Builder, node: Node) -> None:
    """A = f(Z)."""
    z, a = b.input(node), b.output(node)
    kind, option = kind_and_option(node.layer)
    kernel = b.kernel("activations:forward", kind=kind, option=option, size=a.layout.size)
    b.add(node.name, kernel, z.operand, a.operand)


def backward(b: Builder, node: Node) -> None:
    """dZ = dA·f'."""
    wanted = b.error_of_input(node)
    if wanted is None:
        return
    dz, there = wanted
    kind, option = kind_and_option(node.layer)
    seen = b.values[node.name] if from_output(kind, option) else b.input(node)
    kernel = b.kernel(
        "activations:backward", kind=kind, option=option, size=dz.layout.size, accumulate=there
    )
    b.add(f"{node.name}: back", kernel, b.error(node).operand, seen.operand, dz.operand)
