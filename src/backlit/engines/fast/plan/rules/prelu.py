"""PReLU: an activation with slopes that are learned."""

from __future__ import annotations

from backlit.engines.fast.compiling.kernel import Kernel
from backlit.engines.fast.plan.builder import Builder
from backlit.engines.fast.plan.parts import Operand
from backlit.engines.fast.plan.registry import Rule, enter
from backlit.layers import PReLU
from backlit.network.graph import Node


def _slopes(b: Builder, node: Node) -> Operand:
    return b.shared(f"{node.name}.slopes", b.layout(node.name).stride)


def _shared(node: Node) -> bool:
    assert isinstance(node.layer, PReLU)
    return node.layer.shared


def forward(b: Builder, node: Node) -> None:
    """A = Z where Z > 0, else a·Z."""
    z, a = b.input(node), b.output(node)
    layout = a.layout
    kernel = Kernel.of(
        "prelu:slopes", channels=layout.channels, stride=layout.stride, shared=_shared(node)
    )
    b.prepare(f"{node.name}: slopes", kernel, b.parameter(node, "weight"), _slopes(b, node))
    kernel = b.kernel("prelu:forward", pixels=layout.pixels, stride=layout.stride)
    b.add(node.name, kernel, z.operand, _slopes(b, node), a.operand)


def backward(b: Builder, node: Node) -> None:
    """The gradient of a, and the error of Z if somebody needs it."""
    z, da = b.input(node), b.error(node)
    size = {"pixels": da.layout.pixels, "stride": da.layout.stride}
    part = b.per_thread(f"{node.name}.slopes.part", da.layout.stride)
    b.clear(f"{node.name}: slopes", part)
    b.add(
        f"{node.name}: gradient of the slopes",
        b.kernel("prelu:slope_gradient", **size),
        *(da.operand, z.operand, part),
    )
    channels, gradient = da.layout.channels, b.gradient(node, "weight")
    if _shared(node):
        kernel = Kernel.of("prelu:sum_of_all", channels=channels, parts=b.threads)
        b.finish(f"{node.name}: slope", kernel, gradient, *b.parts(part))
    else:
        b.sum_of_parts(f"{node.name}: slopes", gradient, part, channels)
    wanted = b.error_of_input(node)
    if wanted:
        dz, there = wanted
        kernel = b.kernel("prelu:backward", accumulate=there, **size)
        operands = (da.operand, z.operand, _slopes(b, node), dz.operand)
        b.add(f"{node.name}: error of the input", kernel, *operands)


enter(PReLU, Rule(forward, backward))
