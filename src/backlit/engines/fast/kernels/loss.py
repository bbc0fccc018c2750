"""Softmax and cross-entropy, where the error begins; rows of scores Z, one for each image.

    P[k] = e^(Z[k] − max Z) / Σ_m e^(Z[m] − max Z)
    loss = ln Σ_m e^(Z[m] − max Z) + max Z − Z[label]
    dZ   = (P − [k = label])/N

What fills up the last vector of a row of P or dZ is 0.
"""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.simd.functions import functions
from backlit.engines.fast.simd.intrinsics import floats, intrinsics, longs
from backlit.engines.fast.simd.subroutine import subroutine

_INFINITY = float("inf")


def softmax(classes: int, stride: int, lanes: int) -> Any:
    """Arguments: Z, P, which may be Z.

    Args:
        classes: K.
        stride: floats from row to row, whole vectors, of Z and P.
        lanes: of the vectors.
    """
    simd = intrinsics(lanes)
    load, store = simd.load, simd.store
    powers = _powers(classes, lanes)

    def body(a):
        z, p = floats(a, 1), floats(a, 2)
        for n in range(a[0]):
            i = n * stride
            _, total = powers(z, p, i)
            for k in range(0, classes, lanes):
                store(p, i + k, load(p, i + k) / total)

    return body


def softmax_cross_entropy(classes: int, stride: int, lanes: int) -> Any:
    """Arguments: Z, labels (int64), dZ (which may be Z), losses, 1/N (one float32).

    N is the number of images in the whole batch, whose losses are averaged.

    Args:
        classes: K.
        stride: floats from row to row, whole vectors, of Z and dZ.
        lanes: of the vectors.
    """
    simd = intrinsics(lanes)
    load, store, splat, largest, log = (
        simd.load,
        simd.store,
        simd.splat,
        simd.largest,
        functions(lanes).log,
    )
    powers = _powers(classes, lanes)

    def body(a):
        z, labels, dz = floats(a, 1), longs(a, 2), floats(a, 3)
        losses, inverse = floats(a, 4), floats(a, 5)[0]
        for n in range(a[0]):
            i, label = n * stride, labels[n]
            score = z[i + label]
            greatest, total = powers(z, dz, i)
            losses[n] = largest(log(splat(total))) + (greatest - score)
            factor = inverse / total
            for k in range(0, classes, lanes):
                store(dz, i + k, load(dz, i + k) * factor)
            dz[i + label] -= inverse

    return body


def _powers(classes: int, lanes: int) -> Any:
    """Write the powers of e of a row; give its largest score and the powers' sum."""
    simd, decay = intrinsics(lanes), functions(lanes).decay
    load, store, where, zero, iota = simd.load, simd.store, simd.where, simd.zero, simd.iota
    maximum, largest, total = simd.maximum, simd.largest, simd.total
    last = (classes - 1) // lanes * lanes  # where the last vector begins

    @subroutine
    def powers(z, p, i):
        real = iota() < classes - last
        tops = where(real, load(z, i + last), -_INFINITY)
        for k in range(0, last, lanes):
            tops = maximum(tops, load(z, i + k))
        greatest = largest(tops)
        sums = zero()
        for k in range(0, last, lanes):
            power = decay(load(z, i + k) - greatest, 0.0, 1.0)
            sums = sums + power
            store(p, i + k, power)
        power = where(real, decay(load(z, i + last) - greatest, 0.0, 1.0), 0.0)
        store(p, i + last, power)
        return greatest, total(sums + power)

    return powers
