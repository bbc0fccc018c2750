"""The optimizers' rules on rows of numbers: everything about a weight is read and written once.

The equations are those of :mod:`backlit.training.optimizers`, where they are explained.  Every rule
writes new rows beside the old ones, so that a step can still be thrown away, and a vector that is 0
if all that was written is finite, and NaN in some lane if not.

Units are runs of :data:`.sizes.RUN` numbers.
"""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.simd.intrinsics import floats, intrinsics

from .sizes import RUN


def sgd(lanes: int, momentum: bool, nesterov: bool, decay: bool) -> Any:
    """Arguments: W, g, new W, finite?, (η, λ, μ), then v and new v with momentum.

    Args:
        lanes: of the vectors.
        momentum: whether there is a velocity v.
        nesterov: whether it looks ahead by one velocity.
        decay: whether weights decay.
    """
    simd = intrinsics(lanes)
    load, store, zero = simd.load, simd.store, simd.zero

    def body(a):
        weights, gradients, new = floats(a, 1), floats(a, 2), floats(a, 3)
        rate, shrink, keep = floats(a, 5)[0], floats(a, 5)[1], floats(a, 5)[2]
        finite = zero()
        for i in range(0, a[0] * RUN, lanes):
            weight, direction = load(weights, i), load(gradients, i)
            if decay:
                direction = direction + weight * shrink
            if momentum:
                velocity = load(floats(a, 6), i) * keep + direction
                store(floats(a, 7), i, velocity)
                finite = finite + (velocity - velocity)
                direction = direction + velocity * keep if nesterov else velocity
            weight = weight - direction * rate
            store(new, i, weight)
            finite = finite + (weight - weight)
        store(floats(a, 4), 0, finite)

    return body


def adam(lanes: int, decay: bool, decoupled: bool) -> Any:
    """Arguments: W, g, new W, finite?, numbers, m, new m, s, new s.

    The numbers are η, λ, β₁, 1 − β₁, β₂, 1 − β₂, ε, η/(1 − β₁ᵗ) and 1/√(1 − β₂ᵗ).

    Args:
        lanes: of the vectors.
        decay: whether weights decay.
        decoupled: beside the averages (AdamW), not through them.
    """
    simd = intrinsics(lanes)
    load, store, zero, sqrt = simd.load, simd.store, simd.zero, simd.sqrt
    coupled, beside = decay and not decoupled, decay and decoupled

    def body(a):
        weights, gradients, new, given = floats(a, 1), floats(a, 2), floats(a, 3), floats(a, 5)
        firsts, new_firsts = floats(a, 6), floats(a, 7)
        seconds, new_seconds = floats(a, 8), floats(a, 9)
        rate, shrink, keep1, take1, keep2 = given[0], given[1], given[2], given[3], given[4]
        take2, eps, step, widen = given[5], given[6], given[7], given[8]
        finite = zero()
        for i in range(0, a[0] * RUN, lanes):
            weight, gradient = load(weights, i), load(gradients, i)
            if coupled:
                gradient = gradient + weight * shrink
            first = load(firsts, i) * keep1 + gradient * take1
            second = load(seconds, i) * keep2 + gradient * take2 * gradient
            store(new_firsts, i, first)
            store(new_seconds, i, second)
            change = first * step / (sqrt(second) * widen + eps)
            if beside:
                change = change + weight * (rate * shrink)
            weight = weight - change
            store(new, i, weight)
            finite = finite + (weight - weight) + (first - first) + (second - second)
        store(floats(a, 4), 0, finite)

    return body


def rmsprop(lanes: int, decay: bool, centered: bool, momentum: bool) -> Any:
    """Arguments: W, g, new W, finite?, (η, λ, α, 1 − α, ε, μ), s, new s; a, new a; v, new v.

    Args:
        lanes: of the vectors.
        decay: whether weights decay.
        centered: whether there is an average gradient a.
        momentum: whether there is a velocity v.
    """
    simd = intrinsics(lanes)
    load, store, zero, sqrt, maximum = simd.load, simd.store, simd.zero, simd.sqrt, simd.maximum
    velocities = 10 if centered else 8

    def body(a):
        weights, gradients, new, given = floats(a, 1), floats(a, 2), floats(a, 3), floats(a, 5)
        squares, new_squares = floats(a, 6), floats(a, 7)
        rate, shrink, keep, take, eps = given[0], given[1], given[2], given[3], given[4]
        finite = zero()
        for i in range(0, a[0] * RUN, lanes):
            weight, gradient = load(weights, i), load(gradients, i)
            if decay:
                gradient = gradient + weight * shrink
            square = load(squares, i) * keep + gradient * gradient * take
            store(new_squares, i, square)
            finite = finite + (square - square)
            spread = square
            if centered:
                average = load(floats(a, 8), i) * keep + gradient * take
                store(floats(a, 9), i, average)
                finite = finite + (average - average)
                # Rounding may leave a variance of 0 a little below it.
                spread = maximum(square - average * average, 0.0)
            direction = gradient / (sqrt(spread) + eps)
            if momentum:
                direction = load(floats(a, velocities), i) * given[5] + direction
                store(floats(a, velocities + 1), i, direction)
                finite = finite + (direction - direction)
            weight = weight - direction * rate
            store(new, i, weight)
            finite = finite + (weight - weight)
        store(floats(a, 4), 0, finite)

    return body
