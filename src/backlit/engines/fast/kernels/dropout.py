"""Dropout:  Y = M·X/(1 − rate),  and backward the same with dY for X.

Whether a number is kept is told from a key and its place in the batch in the public order, as in
:mod:`backlit.pure.dropout`; so the mask is drawn anew backward instead of being remembered, and it
is the same for any number of threads.
"""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.simd.intrinsics import floats, integers, intrinsics
from backlit.engines.fast.simd.subroutine import subroutine

_SIGN = -0x80000000


def forward(
    rate: float,
    channels: int,
    height: int,
    width: int,
    stride: int,
    lanes: int,
    accumulate: bool = False,
) -> Any:
    """Arguments: X, Y (which may be X), number of the first image in the batch, key (one int32).

    Args:
        rate: the share that is dropped, 0 ≤ rate < 1.
        channels: C of maps, K of rows.
        height: H of maps, 1 for rows.
        width: W of maps, 1 for rows.
        stride: floats from pixel to pixel, whole vectors.
        lanes: of the vectors.
        accumulate: whether to add to what is in Y, as an error may have to be.
    """
    simd = intrinsics(lanes)
    load, store, where, splat_int, iota = (
        simd.load,
        simd.store,
        simd.where,
        simd.splat_int,
        simd.iota,
    )
    pixels = height * width
    scale = 1 / (1 - rate)
    # Vectors compare as signed numbers: with the sign bits turned, that is in the unsigned order.
    threshold = int(rate * 2**32) + _SIGN

    @subroutine
    def mix32(x: Any) -> Any:
        """:func:`backlit.pure.dropout.mix32` in every lane."""
        x = (x ^ (x >> 16)) * 0x7FEB352D
        x = (x ^ (x >> 15)) * 0x846CA68B
        return x ^ (x >> 16)

    def body(a):
        x, y, first, key = floats(a, 1), floats(a, 2), a[3], integers(a, 4)[0]
        lane = iota() * pixels
        i = 0
        for n in range(first, first + a[0]):
            for pixel in range(pixels):
                for c in range(0, stride, lanes):
                    place = lane + ((n * channels + c) * pixels + pixel)
                    drawn = mix32(mix32(place) ^ splat_int(key))
                    factor = where((drawn ^ _SIGN) >= threshold, scale, 0.0)
                    if accumulate:
                        store(y, i, load(y, i) + load(x, i) * factor)
                    else:
                        store(y, i, load(x, i) * factor)  # ∞·0 is NaN, as in the book
                    i += lanes

    return body
