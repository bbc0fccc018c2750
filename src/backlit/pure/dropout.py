"""Dropout: in training a share of the numbers is set to 0, the others are made larger instead.

    forward   Y = M·X/(1 − rate)       M is 1 for what is kept and 0 for what is dropped
    input     dX = M·dY/(1 − rate)     the error passes where the number passed

In evaluation nothing is dropped.  The mask depends on nothing but a key and each number's place,
so any engine, on any number of threads, draws the same one.

Source: N. Srivastava et al., "Dropout: a simple way to prevent neural networks from
overfitting", 2014.  The bit mixer is C. Wellons' "lowbias32" (nullprogram.com, 2018).
"""

from .nested import Nested, Number, Vector, apply2

_MASK32 = 0xFFFFFFFF


def dropout_forward(x: Nested, mask: Nested, rate: Number) -> Nested:
    """Y = M·X/(1 − rate), so that the expected sum stays what it was.

    Args:
        x: numbers, any depth.
        mask: 1 (kept) or 0 (dropped) for each of them, see :func:`dropout_mask`.
        rate: the share that is dropped, 0 ≤ rate < 1.
    """
    return apply2(lambda number, kept: number * kept / (1 - rate), x, mask)


def dropout_backward(dy: Nested, mask: Nested, rate: Number) -> Nested:
    """dX = M·dY/(1 − rate)."""
    return dropout_forward(dy, mask, rate)


def dropout_mask(count: int, rate: float, key: int) -> Vector:
    """``count`` times 1 (kept) or 0 (dropped), the latter with probability ``rate``."""
    threshold = int(rate * 2**32)
    return [0 if mix32(mix32(place) ^ key) < threshold else 1 for place in range(count)]


def dropout_key(*numbers: int) -> int:
    """One 32-bit key from a seed, a layer's position, a step, …: each combination has its own."""
    key = 0
    for number in numbers:
        key = mix32(mix32(key + 0x9E3779B9 & _MASK32) ^ number & _MASK32)
    return key


def mix32(x: int) -> int:
    """Stir 32 bits so that neighboring numbers come out unrelated ("lowbias32")."""
    x ^= x >> 16
    x = x * 0x7FEB352D & _MASK32
    x ^= x >> 15
    x = x * 0x846CA68B & _MASK32
    return x ^ x >> 16
