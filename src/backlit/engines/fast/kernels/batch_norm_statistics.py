"""The statistics of a batch norm in training: μ and σ² of each channel over the whole batch.

Each thread sums up its images (:func:`statistics`), then one puts the threads' parts together
(:func:`combine`).  Sums of squares would cancel where the mean is large; so a block of pixels that
fits the cache is gone through twice, for its mean and then for the squared deviations from it, and
blocks are merged with the formula of T. Chan, G. Golub and R. LeVeque, "Updating formulae and a
pairwise algorithm for computing sample variances", 1979:

    μ = μ_a + δ·m_b/m       M2 = M2_a + M2_b + δ²·m_a·m_b/m       δ = μ_b − μ_a,  m = m_a + m_b

with M2 = Σ (X − μ)² and m the number of pixels.  A thread's part is μ and M2, ``stride`` floats
each, and m, an int32; it begins as zeros.
"""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.simd.intrinsics import floats, integers, intrinsics
from backlit.engines.fast.simd.subroutine import subroutine

from .batch_norm import finishing
from .batch_norm_rows import Rows

_BLOCK = 4096  # floats that stay in the fastest cache


def statistics(pixels: int, stride: int, lanes: int) -> Any:
    """Arguments: X, the thread's part, to which the images of this call are added.

    Args:
        pixels: H·W.
        stride: floats from pixel to pixel, whole vectors.
        lanes: of the vectors.
    """
    simd = intrinsics(lanes)
    load, store = simd.load, simd.store
    merged, block = _merging(), max(8, _BLOCK // stride)
    mean_of, deviations = _passes(stride, lanes)

    def body(a):
        x, part, counts = floats(a, 1), floats(a, 2), integers(a, 2)
        for n in range(a[0]):
            for first in range(0, pixels, block):
                count, before = min(block, pixels - first), counts[2 * stride]
                i = (n * pixels + first) * stride
                for c in range(0, stride, lanes):
                    mean = mean_of(x, i + c, count)
                    m2 = deviations(x, i + c, count, mean)
                    old, old_m2 = load(part, c), load(part, stride + c)
                    mean, m2 = merged(old, old_m2, before, mean, m2, count)
                    store(part, c, mean)
                    store(part, stride + c, m2)
                counts[2 * stride] = before + count

    return body


def _merging() -> Any:
    @subroutine
    def merged(mean, m2, count, other, other_m2, more):
        share = more / (count + more)
        delta = other - mean
        return mean + delta * share, m2 + other_m2 + delta * delta * (count * share)

    return merged


def _passes(stride: int, lanes: int) -> tuple[Any, Any]:
    """Mean, and sum of squared deviations, of some pixels of the channels at x[i].

    Four sums run side by side, since an addition has to wait for the one before.
    """
    simd = intrinsics(lanes)
    load, zero = simd.load, simd.zero

    @subroutine
    def mean_of(x, i, count):
        s0, s1, s2, s3 = zero(), zero(), zero(), zero()
        j, end = i, i + count * stride
        while j + 3 * stride < end:
            s0 = s0 + load(x, j)
            s1 = s1 + load(x, j + stride)
            s2 = s2 + load(x, j + 2 * stride)
            s3 = s3 + load(x, j + 3 * stride)
            j += 4 * stride
        while j < end:
            s0 = s0 + load(x, j)
            j += stride
        return ((s0 + s1) + (s2 + s3)) / count

    @subroutine
    def deviations(x, i, count, mean):
        s0, s1, s2, s3 = zero(), zero(), zero(), zero()
        j, end = i, i + count * stride
        while j + 3 * stride < end:
            d0, d1 = load(x, j) - mean, load(x, j + stride) - mean
            d2, d3 = load(x, j + 2 * stride) - mean, load(x, j + 3 * stride) - mean
            s0, s1, s2, s3 = s0 + d0 * d0, s1 + d1 * d1, s2 + d2 * d2, s3 + d3 * d3
            j += 4 * stride
        while j < end:
            d0 = load(x, j) - mean
            s0 = s0 + d0 * d0
            j += stride
        return (s0 + s1) + (s2 + s3)

    return mean_of, deviations


def combine(
    parts: int, channels: int, stride: int, lanes: int, eps: float, momentum: float | None
) -> Any:
    """Arguments: γ, β, running mean, running variance, constants, each thread's part.

    Writes the constants up to ``Rows.SHARE``, and moves the running statistics, the variance as
    M/(M − 1) times that of the batch.  Needs at least two numbers for each channel.  Units do not
    matter.

    Args:
        parts: how many threads there are.
        channels: C, the length of γ, β and the running statistics.
        stride: floats in a row of the constants.
        lanes: of the vectors.
        eps: ε.
        momentum: how far the running statistics move; None leaves them alone (they may be 0 then).
    """
    simd = intrinsics(lanes)
    load, store, load_some, store_some = simd.load, simd.store, simd.load_some, simd.store_some
    zero, splat = simd.zero, simd.splat
    merged, finished = _merging(), finishing(stride, lanes, eps)
    keep = momentum is not None
    moved = 0.0 if momentum is None else momentum
    rest = 1.0 - moved

    def body(a):
        running_mean, running_variance, constants = floats(a, 3), floats(a, 4), floats(a, 5)
        for c in range(0, stride, lanes):
            mean, m2, count = zero(), zero(), 0
            for k in range(6, 6 + parts):
                more = integers(a, k)[2 * stride]
                if more:  # a thread may have had no images
                    other, other_m2 = load(floats(a, k), c), load(floats(a, k), stride + c)
                    mean, m2 = merged(mean, m2, count, other, other_m2, more)
                    count += more
            some = min(lanes, channels - c)
            finished(a, constants, c, some, mean, m2 / count)
            store(constants, Rows.SHARE * stride + c, splat(1.0 / count))
            if keep:
                old = load_some(running_mean, c, some)
                store_some(running_mean, c, old * rest + mean * moved, some)
                old = load_some(running_variance, c, some)
                new = m2 / (count - 1)
                store_some(running_variance, c, old * rest + new * moved, some)

    return body
