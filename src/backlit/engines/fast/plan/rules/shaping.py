"""Flatten: inside the engine a transposition, since maps are kept with their channels last."""

from __future__ import annotations

from backlit.engines.fast.compiling.kernel import Kernel
from backlit.engines.fast.plan.builder import Builder
from backlit.engines.fast.plan.layouts import Layout
from backlit.engines.fast.plan.parts import Operand, numbers
from backlit.engines.fast.plan.registry import Rule, enter
from backlit.layers import Flatten
from backlit.network.graph import Node


def forward(b: Builder, node: Node) -> None:
    """Maps as rows in the order C, H, W; rows stay as they are."""
    x = b.input(node)
    y = b.output(node)
    if not x.layout.is_maps:
        b.add(node.name, b.kernel("merging:copy", size=y.layout.size), x.operand, y.operand)
        return
    kernel = Kernel.of("layout:flatten")
    b.add(node.name, kernel, x.operand, y.operand, *_sizes(x.layout, y.layout))


def backward(b: Builder, node: Node) -> None:
    """The error back into maps."""
    wanted = b.error_of_input(node)
    if wanted is None:
        return
    (dx, there), dy = wanted, b.error(node)
    if not dx.layout.is_maps:
        writer = "merging:accumulate" if there else "merging:copy"
        b.add(f"{node.name}: back", b.kernel(writer, size=dy.layout.size), dy.operand, dx.operand)
        return
    kernel = Kernel.of("layout:unflatten", accumulate=there)
    sizes = _sizes(dx.layout, dy.layout)
    b.add(f"{node.name}: back", kernel, dy.operand, dx.operand, *sizes)


def _sizes(maps: Layout, rows: Layout) -> list[Operand]:
    return numbers(maps.pixels, maps.channels, maps.stride, rows.stride)


enter(Flatten, Rule(forward, backward))
