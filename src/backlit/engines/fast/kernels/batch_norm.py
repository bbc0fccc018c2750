"""Batch normalization, forward:  Y = γ·(X − μ)·r + β  with r = 1/√(σ² + ε).

In training, μ and σ² are those of the whole batch (:mod:`.batch_norm_statistics`), in evaluation
the running ones.  What is known of each channel before images are normalized are the rows of
*constants*, ``stride`` floats each; see :class:`.batch_norm_rows.Rows`.  The way back is
:mod:`.batch_norm_gradient`.
"""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.simd.intrinsics import floats, intrinsics
from backlit.engines.fast.simd.subroutine import subroutine

from .activations import activation as activation_of
from .batch_norm_rows import Rows


def constants(channels: int, stride: int, lanes: int, eps: float) -> Any:
    """Arguments: γ, β, running mean, running variance, constants.  For evaluation.

    Args:
        channels: C, the length of γ, β and the running statistics.
        stride: floats in a row of the constants.
        lanes: of the vectors.
        eps: ε.
    """
    load_some, finished = intrinsics(lanes).load_some, finishing(stride, lanes, eps)

    def body(a):
        mean, variance, constants = floats(a, 3), floats(a, 4), floats(a, 5)
        for c in range(0, stride, lanes):
            some = min(lanes, channels - c)
            finished(a, constants, c, some, load_some(mean, c, some), load_some(variance, c, some))

    return body


def finishing(stride: int, lanes: int, eps: float) -> Any:
    """The function that writes the rows that follow from mean, variance, γ and β."""
    simd = intrinsics(lanes)
    store, load_some, sqrt = simd.store, simd.load_some, simd.sqrt

    @subroutine
    def finished(a, constants, c, some, mean, variance):
        root = 1.0 / sqrt(variance + eps)
        store(constants, Rows.MEAN * stride + c, mean)
        store(constants, Rows.ROOT * stride + c, root)
        store(constants, Rows.SCALE * stride + c, load_some(floats(a, 1), c, some) * root)
        store(constants, Rows.SHIFT * stride + c, load_some(floats(a, 2), c, some))
        store(constants, Rows.VARIANCE * stride + c, variance)

    return finished


def normalize(
    pixels: int, stride: int, lanes: int, activation: tuple[str, float] | None = None
) -> Any:
    """Arguments: X, constants, Y, which may be X.

    Args:
        pixels: H·W.
        stride: floats from pixel to pixel, whole vectors.
        lanes: of the vectors.
        activation: kind and option of an activation that Y goes through.
    """
    simd = intrinsics(lanes)
    load, store, fma = simd.load, simd.store, simd.fma
    bend = subroutine(activation_of(*activation, lanes) if activation else lambda y: y)
    scales, shifts = Rows.SCALE * stride, Rows.SHIFT * stride

    def body(a):
        x, constants, y = floats(a, 1), floats(a, 2), floats(a, 3)
        for i in range(0, a[0] * pixels * stride, stride):
            for c in range(0, stride, lanes):
                offset = load(x, i + c) - load(constants, c)
                scaled = fma(offset, load(constants, scales + c), load(constants, shifts + c))
                store(y, i + c, bend(scaled))

    return body
