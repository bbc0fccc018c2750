"""Gradients that each thread sums up for its images, and how they become one.

Sizes are told with each call, so that one kernel serves all of them (see :mod:`.packing`).
"""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.simd.intrinsics import floats, intrinsics

from .nest import Nest


def zero() -> Any:
    """Arguments: numbers, which become 0, and how many they are."""

    def body(a):
        numbers = floats(a, 1)
        for k in range(a[2]):
            numbers[k] = 0.0

    return body


def copy() -> Any:
    """Arguments: from, to, how many numbers."""

    def body(a):
        source, target = floats(a, 1), floats(a, 2)
        for k in range(a[3]):
            target[k] = source[k]

    return body


def bias_gradient(lanes: int) -> Any:
    """Arguments: dY, db, to which the errors of each channel are added; H·W, stride.

    The stride is the floats from pixel to pixel, whole vectors.

    Args:
        lanes: of the vectors.
    """
    simd = intrinsics(lanes)
    load, store = simd.load, simd.store

    def body(a):
        dy, db, pixels, stride = floats(a, 1), floats(a, 2), a[3], a[4]
        for n in range(a[0]):
            for c in range(0, stride, lanes):
                total = load(dy, n * pixels * stride + c)
                for p in range(1, pixels):
                    total = total + load(dy, (n * pixels + p) * stride + c)
                store(db, c, load(db, c) + total)

    return body


def sum_of_parts(parts: int) -> Any:
    """Arguments: total, part 0, part 1, …, added up in this order, and how many numbers.

    Args:
        parts: how many threads had a part.
    """
    added = " + ".join(f"p{t}[k]" for t in range(parts))
    nest = Nest("sum_of_parts")
    nest.write("total = floats(a, 1)")
    nest.parts("p", parts)
    with nest.loop("k", f"a[{parts + 2}]"):
        nest.write(f"total[k] = {added}")
    return nest.function()


def filter_gradient(parts: int) -> Any:
    """Arguments: dW (O, C/G, kH, kW), part 0, part 1, … [g][u][v][c][filters, whole vectors].

    Then five numbers: groups, channels and filters of a group, kH·kW, and the filters of a group
    filled up to whole vectors.

    Args:
        parts: how many threads had a part.
    """
    sizes = ", ".join(f"a[{parts + 2 + k}]" for k in range(5))
    added = " + ".join(f"p{t}[at + o]" for t in range(parts))
    nest = Nest("filter_gradient_of_parts")
    nest.write("dw = floats(a, 1)", f"groups, inputs, outputs, taps, depth = {sizes}")
    nest.parts("p", parts)
    with nest.loop("g", "groups"), nest.loop("t", "taps"), nest.loop("c", "inputs"):
        nest.write(
            "at = ((g * taps + t) * inputs + c) * depth",
            "to = (g * outputs * inputs + c) * taps + t",
        )
        with nest.loop("o", "outputs"):
            nest.write(f"dw[to + o * inputs * taps] = {added}")
    return nest.function()
