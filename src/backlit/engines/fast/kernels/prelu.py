"""PReLU:  A = Z where Z > 0, else a·Z;  dZ = dA or a·dA;  da = Σ dA·Z over all Z ≤ 0.

The slopes lie in a row of ``stride`` floats, one for each place of a pixel.
"""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.simd.intrinsics import floats, intrinsics

from .nest import Nest


def slopes(channels: int, stride: int, shared: bool) -> Any:
    """Arguments: a, and its row, with 0 behind the channels.

    Args:
        channels: C.
        stride: floats in a row.
        shared: whether a is one number.
    """

    def body(a):
        given, row = floats(a, 1), floats(a, 2)
        for c in range(stride):
            row[c] = 0.0
        for c in range(channels):
            row[c] = given[0] if shared else given[c]

    return body


def forward(pixels: int, stride: int, lanes: int) -> Any:
    """Arguments: Z, the row of slopes, A.

    Args:
        pixels: H·W.
        stride: floats from pixel to pixel, whole vectors.
        lanes: of the vectors.
    """
    simd = intrinsics(lanes)
    load, store, where = simd.load, simd.store, simd.where

    def body(a):
        z, row, y = floats(a, 1), floats(a, 2), floats(a, 3)
        for i in range(0, a[0] * pixels * stride, stride):
            for c in range(0, stride, lanes):
                number = load(z, i + c)
                store(y, i + c, where(number <= 0.0, number * load(row, c), number))

    return body


def backward(pixels: int, stride: int, lanes: int, accumulate: bool = False) -> Any:
    """Arguments: dA, Z, the row of slopes, dZ, which may be dA.

    Args:
        pixels: H·W.
        stride: floats from pixel to pixel, whole vectors.
        lanes: of the vectors.
        accumulate: whether to add to what is in dZ.
    """
    simd = intrinsics(lanes)
    load, store, where = simd.load, simd.store, simd.where

    def body(a):
        dy, z, row, dz = floats(a, 1), floats(a, 2), floats(a, 3), floats(a, 4)
        for i in range(0, a[0] * pixels * stride, stride):
            for c in range(0, stride, lanes):
                error = load(dy, i + c)
                passed = where(load(z, i + c) <= 0.0, error * load(row, c), error)
                if accumulate:
                    passed = passed + load(dz, i + c)
                store(dz, i + c, passed)

    return body


def slope_gradient(pixels: int, stride: int, lanes: int) -> Any:
    """Arguments: dA, Z, the thread's row of sums, to which the products are added.

    Args:
        pixels: H·W.
        stride: floats from pixel to pixel, whole vectors.
        lanes: of the vectors.
    """
    simd = intrinsics(lanes)
    load, store, where, zero = simd.load, simd.store, simd.where, simd.zero

    def body(a):
        dy, z, sums = floats(a, 1), floats(a, 2), floats(a, 3)
        for n in range(a[0]):
            for c in range(0, stride, lanes):
                total = zero()
                for p in range(pixels):
                    i = (n * pixels + p) * stride + c
                    number = load(z, i)
                    total = total + where(number <= 0.0, load(dy, i) * number, 0.0)
                store(sums, c, load(sums, c) + total)

    return body


def sum_of_all(channels: int, parts: int) -> Any:
    """Arguments: da, one number, and the row of sums of each thread.

    Args:
        channels: C.
        parts: how many threads had a part.
    """
    added = " + ".join(f"p{t}[c]" for t in range(parts))
    nest = Nest("sum_of_all")
    nest.write("total = floats(a, 1)")
    nest.parts("p", parts)
    nest.write("total[0] = 0.0")
    with nest.loop("c", channels):
        nest.write(f"total[0] += {added}")
    return nest.function()
