"""Batch normalization, backward.

    dβ = Σ dY          dγ = Σ dY·x̂          x̂ = (X − μ)·r
    dX = γ·r·(dY − dβ/M − x̂·dγ/M)           in training
    dX = γ·r·dY                              in evaluation, where μ and σ² are constants

Each thread sums over its images (:func:`sums`), one puts the sums together (:func:`combine`), then
all compute dX (:func:`input_gradient`).  Where an activation A = f(Y) follows and was computed
together with Y, the error that comes is dA, and dY = dA·f' is computed on the way.
"""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.simd.intrinsics import floats, intrinsics
from backlit.engines.fast.simd.subroutine import subroutine

from .activations import error_through, from_output
from .batch_norm_rows import Rows

_BLOCK = 2048  # floats of each operand that stay in the fastest cache
Activation = tuple[str, float]


def sums(pixels: int, stride: int, lanes: int, activation: Activation | None = None) -> Any:
    """Arguments: dY, X, A, constants, the thread's sums, to which the images are added.

    With an activation the first is dA.  A is only looked at if the slope is computed from it, see
    :func:`.from_output`; else it may be anything.  The sums are dβ and dγ, ``stride``
    floats each, and begin as zeros.

    Args:
        pixels: H·W.
        stride: floats from pixel to pixel, whole vectors.
        lanes: of the vectors.
        activation: kind and option of an activation that was computed with Y.
    """
    simd = intrinsics(lanes)
    load, store, fma, zero = simd.load, simd.store, simd.fma, simd.zero
    error_of = _error(stride, lanes, activation)
    block = max(4, _BLOCK // stride) * stride

    @subroutine
    def add_block(dy, x, y, constants, sums, first, end, c):
        mean = load(constants, c)
        s0, s1, t0, t1 = zero(), zero(), zero(), zero()
        i = first + c
        while i + stride < end:
            e0 = error_of(dy, x, y, constants, i, c)
            e1 = error_of(dy, x, y, constants, i + stride, c)
            s0, s1 = s0 + e0, s1 + e1
            t0 = fma(e0, load(x, i) - mean, t0)
            t1 = fma(e1, load(x, i + stride) - mean, t1)
            i += 2 * stride
        if i < end:
            e0 = error_of(dy, x, y, constants, i, c)
            s0 = s0 + e0
            t0 = fma(e0, load(x, i) - mean, t0)
        root = load(constants, Rows.ROOT * stride + c)
        store(sums, c, load(sums, c) + (s0 + s1))
        store(sums, stride + c, load(sums, stride + c) + (t0 + t1) * root)

    def body(a):
        dy, x, y = floats(a, 1), floats(a, 2), floats(a, 3)
        constants, sums = floats(a, 4), floats(a, 5)
        for n in range(a[0]):
            begin, behind = n * pixels * stride, (n + 1) * pixels * stride
            for first in range(begin, behind, block):
                for c in range(0, stride, lanes):
                    add_block(dy, x, y, constants, sums, first, min(first + block, behind), c)

    return body


def combine(parts: int, channels: int, stride: int, lanes: int, training: bool) -> Any:
    """Arguments: dγ, dβ, constants, each thread's sums.

    In training also writes ``Rows.PULL`` and ``Rows.TWIST``.  Units do not matter.

    Args:
        parts: how many threads there are.
        channels: C, the length of dγ and dβ.
        stride: floats in a row of the constants.
        lanes: of the vectors.
        training: whether μ and σ² are those of the batch.
    """
    simd = intrinsics(lanes)
    load, store, store_some, zero = simd.load, simd.store, simd.store_some, simd.zero

    def body(a):
        d_gamma, d_beta, constants = floats(a, 1), floats(a, 2), floats(a, 3)
        for c in range(0, stride, lanes):
            shifts, scales = zero(), zero()
            for k in range(4, 4 + parts):
                shifts = shifts + load(floats(a, k), c)
                scales = scales + load(floats(a, k), stride + c)
            some = min(lanes, channels - c)
            store_some(d_gamma, c, scales, some)
            store_some(d_beta, c, shifts, some)
            if training:
                scale = load(constants, Rows.SCALE * stride + c)
                share = load(constants, Rows.SHARE * stride + c)
                root = load(constants, Rows.ROOT * stride + c)
                pull = 0.0 - scale * (shifts * share)
                store(constants, Rows.PULL * stride + c, pull)
                store(constants, Rows.TWIST * stride + c, 0.0 - scale * (scales * share) * root)

    return body


def input_gradient(
    pixels: int,
    stride: int,
    lanes: int,
    training: bool,
    activation: Activation | None = None,
    accumulate: bool = False,
) -> Any:
    """Arguments: dY, X, A, constants, dX, which may be dY; the first three as in :func:`sums`.

    Args:
        pixels: as in :func:`sums`, like the next two.
        stride: see ``pixels``.
        lanes: see ``pixels``.
        training: whether μ and σ² are those of the batch.
        activation: as in :func:`sums`.
        accumulate: whether to add to what is in dX.
    """
    simd = intrinsics(lanes)
    load, store, fma = simd.load, simd.store, simd.fma
    error_of = _error(stride, lanes, activation)
    scales, pulls, twists = (row * stride for row in (Rows.SCALE, Rows.PULL, Rows.TWIST))

    @subroutine
    def of_vector(dy, x, y, constants, i, c):
        error, scale = error_of(dy, x, y, constants, i, c), load(constants, scales + c)
        if not training:
            return error * scale
        offset = load(x, i) - load(constants, c)
        rest = fma(offset, load(constants, twists + c), load(constants, pulls + c))
        return fma(error, scale, rest)

    def body(a):
        dy, x, y = floats(a, 1), floats(a, 2), floats(a, 3)
        constants, dx = floats(a, 4), floats(a, 5)
        for begin in range(0, a[0] * pixels * stride, stride):
            for c in range(0, stride, lanes):
                i = begin + c
                error = of_vector(dy, x, y, constants, i, c)
                if accumulate:
                    error = error + load(dx, i)
                store(dx, i, error)

    return body


def _error(stride: int, lanes: int, activation: Activation | None) -> Any:
    """The function that gives the vector of dY at place i, whose channels begin at c."""
    simd = intrinsics(lanes)
    load, fma = simd.load, simd.fma
    if activation is None:
        return subroutine(lambda dy, x, y, constants, i, c: load(dy, i))
    through = subroutine(error_through(*activation, lanes))
    if from_output(*activation):
        return subroutine(lambda da, x, y, constants, i, c: through(load(da, i), load(y, i)))
    scales, shifts = Rows.SCALE * stride, Rows.SHIFT * stride

    @subroutine
    def of_input(da, x, y, constants, i, c):
        offset = load(x, i) - load(constants, c)
        z = fma(offset, load(constants, scales + c), load(constants, shifts + c))
        return through(load(da, i), z)

    return of_input
