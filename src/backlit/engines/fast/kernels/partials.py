"""Gradients that each thread sums up for its images, and how they become one."""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.simd.intrinsics import floats, intrinsics

from .nest import Nest


def zero(count: int) -> Any:
    """Arguments: numbers, which become 0."""

    def body(a):
        numbers = floats(a, 1)
        for k in range(count):
            numbers[k] = 0.0

    return body


def copy(count: int) -> Any:
    """Arguments: from, to."""

    def body(a):
        source, target = floats(a, 1), floats(a, 2)
        for k in range(count):
            target[k] = source[k]

    return body


def bias_gradient(lanes: int, pixels: int, stride: int) -> Any:
    """Arguments: dY, db, to which the errors of each channel are added.

    Args:
        lanes: of the vectors.
        pixels: H·W.
        stride: floats from pixel to pixel, whole vectors.
    """
    simd = intrinsics(lanes)
    load, store = simd.load, simd.store

    def body(a):
        dy, db = floats(a, 1), floats(a, 2)
        for n in range(a[0]):
            for c in range(0, stride, lanes):
                total = load(dy, n * pixels * stride + c)
                for p in range(1, pixels):
                    total = total + load(dy, (n * pixels + p) * stride + c)
                store(db, c, load(db, c) + total)

    return body


def sum_of_parts(count: int, parts: int) -> Any:
    """Arguments: total, part 0, part 1, …, added up in this order."""
    added = " + ".join(f"p{t}[k]" for t in range(parts))
    nest = Nest("sum_of_parts")
    nest.write("total = floats(a, 1)")
    nest.parts("p", parts)
    with nest.loop("k", count):
        nest.write(f"total[k] = {added}")
    return nest.function()


def filter_gradient(
    lanes: int, groups: int, inputs: int, outputs: int, taps: int, parts: int
) -> Any:
    """Arguments: dW (O, C/G, kH, kW), part 0, part 1, … [g][u][v][c][filters, whole vectors].

    Args:
        lanes: of the vectors.
        groups: of channels.
        inputs: channels of a group.
        outputs: filters of a group.
        taps: kH·kW.
        parts: how many threads had a part.
    """
    depth = -(-outputs // lanes) * lanes
    added = " + ".join(f"p{t}[at + o]" for t in range(parts))
    nest = Nest("filter_gradient_of_parts")
    nest.write("dw = floats(a, 1)")
    nest.parts("p", parts)
    with nest.loop("g", groups), nest.loop("t", taps), nest.loop("c", inputs):
        nest.write(
            f"at = ((g * {taps} + t) * {inputs} + c) * {depth}",
            f"to = (g * {outputs * inputs} + c) * {taps} + t",
        )
        with nest.loop("o", outputs):
            nest.write(f"dw[to + o * {inputs * taps}] = {added}")
    return nest.function()
