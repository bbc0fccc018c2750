"""From the public order of numbers into the engine's, and from maps to rows and back."""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.simd.intrinsics import floats


def images_to_maps(
    channels: int, height: int, width: int, halo: tuple[int, int, int, int], stride: int
) -> Any:
    """Arguments: images (N, C, H, W), maps (N, H + halo, W + halo, stride), whose rest is zeros.

    Args:
        channels: C.
        height: H.
        width: W.
        halo: rows and columns of zeros (top, bottom, left, right).
        stride: floats from pixel to pixel, at least C.
    """
    top, bottom, left, right = halo
    rows, columns = top + height + bottom, left + width + right
    plain = stride == channels == 1 and (rows, columns) == (height, width)

    def body(a):
        images, maps = floats(a, 1), floats(a, 2)
        if not plain:
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


def flatten(pixels: int, channels: int, stride: int, row_stride: int) -> Any:
    """Arguments: maps (N, H·W, stride), rows (N, row stride) in the order C, H, W."""

    def body(a):
        maps, rows = floats(a, 1), floats(a, 2)
        for n in range(a[0]):
            for c in range(channels):
                for p in range(pixels):
                    value = maps[(n * pixels + p) * stride + c]
                    rows[n * row_stride + c * pixels + p] = value

    return body


def unflatten(pixels: int, channels: int, stride: int, row_stride: int, accumulate: bool) -> Any:
    """Arguments: rows, maps: the error on its way back."""

    def body(a):
        rows, maps = floats(a, 1), floats(a, 2)
        for n in range(a[0]):
            for p in range(pixels):
                for c in range(channels):
                    value = rows[n * row_stride + c * pixels + p]
                    if accumulate:
                        value += maps[(n * pixels + p) * stride + c]
                    maps[(n * pixels + p) * stride + c] = value

    return body
