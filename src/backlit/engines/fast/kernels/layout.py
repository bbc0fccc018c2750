"""From the public order of numbers into the engine's, and from maps to rows and back.

Sizes are told with each call, so that one kernel serves all of them (see :mod:`.packing`).
"""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.simd.intrinsics import floats


def images_to_maps(stride: int) -> Any:
    """Arguments: images (N, C, H, W), maps (N, H + halo, W + halo, stride), whose rest is zeros.

    Then C, H, W and the halo: rows and columns of zeros at the top, bottom, left and right.

    Args:
        stride: floats from pixel to pixel, at least C.
    """

    def body(a):
        images, maps = floats(a, 1), floats(a, 2)
        channels, height, width = a[3], a[4], a[5]
        top, left = a[6], a[8]
        rows, columns = top + height + a[7], left + width + a[9]
        for k in range(a[0] * rows * columns * stride):
            maps[k] = 0.0
        for n in range(a[0]):
            for c in range(channels):
                for h in range(height):
                    source = ((n * channels + c) * height + h) * width
                    target = ((n * rows + top + h) * columns + left) * stride + c
                    for w in range(width):
                        maps[target + w * stride] = images[source + w]

    return body


def flatten() -> Any:
    """Arguments: maps (N, H·W, stride), rows (N, row stride) in the order C, H, W.

    Then H·W, C, the stride and the row stride.
    """

    def body(a):
        maps, rows = floats(a, 1), floats(a, 2)
        pixels, channels, stride, row_stride = a[3], a[4], a[5], a[6]
        for n in range(a[0]):
            for c in range(channels):
                for p in range(pixels):
                    value = maps[(n * pixels + p) * stride + c]
                    rows[n * row_stride + c * pixels + p] = value

    return body


def unflatten(accumulate: bool) -> Any:
    """Arguments: rows, maps: the error on its way back.  Then the numbers of :func:`flatten`.

    Args:
        accumulate: whether to add to what is in the maps.
    """

    def body(a):
        rows, maps = floats(a, 1), floats(a, 2)
        pixels, channels, stride, row_stride = a[3], a[4], a[5], a[6]
        for n in range(a[0]):
            for p in range(pixels):
                for c in range(channels):
                    value = rows[n * row_stride + c * pixels + p]
                    if accumulate:
                        value += maps[(n * pixels + p) * stride + c]
                    maps[(n * pixels + p) * stride + c] = value

    return body
