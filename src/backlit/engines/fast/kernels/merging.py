"""Where paths meet: sums, copies, and channels side by side.

Backward, an add gives its error to everyone, and the errors that come back from several readers of
one output are added up: both are :func:`accumulate` or :func:`copy`.
"""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.simd.intrinsics import floats, intrinsics
from backlit.engines.fast.simd.subroutine import subroutine

from .activations import activation as activation_of


def add(size: int, lanes: int, activation: tuple[str, float] | None = None) -> Any:
    """Y = f(A + B), f an activation if there is one.

    Arguments: A, B, Y, which may be A or B; ``size`` floats an image.
    """
    simd = intrinsics(lanes)
    load, store = simd.load, simd.store
    bend = subroutine(activation_of(*activation, lanes) if activation else lambda y: y)

    def body(a):
        one, other, y = floats(a, 1), floats(a, 2), floats(a, 3)
        for i in range(0, a[0] * size, lanes):
            store(y, i, bend(load(one, i) + load(other, i)))

    return body


def accumulate(size: int, lanes: int) -> Any:
    """Y += X.  Arguments: X, Y; ``size`` floats an image."""
    simd = intrinsics(lanes)
    load, store = simd.load, simd.store

    def body(a):
        x, y = floats(a, 1), floats(a, 2)
        for i in range(0, a[0] * size, lanes):
            store(y, i, load(y, i) + load(x, i))

    return body


def copy(size: int, lanes: int) -> Any:
    """Y = X.  Arguments: X, Y; ``size`` floats an image."""
    simd = intrinsics(lanes)
    load, store = simd.load, simd.store

    def body(a):
        x, y = floats(a, 1), floats(a, 2)
        for i in range(0, a[0] * size, lanes):
            store(y, i, load(x, i))

    return body


def concat_forward(
    pixels: int, channels: int, from_stride: int, to_stride: int, offset: int, lanes: int
) -> Any:
    """Put one input's channels to their place in Y.  Arguments: X, Y.

    Args:
        pixels: of an image, 1 for rows.
        channels: of this input.
        from_stride: floats from pixel to pixel of the input.
        to_stride: the same of Y.
        offset: channels of the inputs before this one.
        lanes: of the vectors.
    """
    simd = intrinsics(lanes)
    load, store = simd.load, simd.store
    whole = channels - channels % lanes

    def body(a):
        x, y = floats(a, 1), floats(a, 2)
        for pixel in range(a[0] * pixels):
            i, j = pixel * from_stride, pixel * to_stride + offset
            for k in range(0, whole, lanes):
                store(y, j + k, load(x, i + k))
            for k in range(whole, channels):
                y[j + k] = x[i + k]

    return body


def concat_backward(
    pixels: int,
    channels: int,
    from_stride: int,
    to_stride: int,
    offset: int,
    lanes: int,
    accumulate: bool = False,
) -> Any:
    """Take one input's error out of dY.  Arguments: dY, dX.

    Args:
        pixels: as in :func:`concat_forward`, like all others but the last.
        channels: see ``pixels``.
        from_stride: see ``pixels``; of dX, and whole vectors.
        to_stride: see ``pixels``; of dY.
        offset: see ``pixels``.
        lanes: see ``pixels``.
        accumulate: whether to add to what is in dX.
    """
    simd = intrinsics(lanes)
    load, store = simd.load, simd.store

    def body(a):
        dy, dx = floats(a, 1), floats(a, 2)
        for pixel in range(a[0] * pixels):
            i, j = pixel * from_stride, pixel * to_stride + offset
            for k in range(0, channels, lanes):  # what fills up the last vector may be anything
                if accumulate:
                    store(dx, i + k, load(dx, i + k) + load(dy, j + k))
                else:
                    store(dx, i + k, load(dy, j + k))

    return body
