"""The elementary functions on vectors, written with :mod:`.intrinsics`.

Each is a plain function, so that it can be put into kernels and mapped over tiles.

The polynomials are minimax fits (Lawson's iteration, coefficients rounded to float32 one after the
other from the lowest); beside each stands the largest relative error of the fit, in units of 2⁻²⁴.
With rounding the errors are at most 1.5 units in the last place for the powers and the logarithm,
2.5 for tanh and sigmoid, and 5 for the normal distribution, as the tests hold them to.  The
reductions are those of W. Cody and W. Waite, "Software manual for the elementary functions", 1980.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

from .intrinsics import intrinsics
from .subroutine import subroutine

_LOG2_E = 1.44269504088896341
_LN2 = 0.69314718055994531
_LN2_HIGH, _LN2_LOW = 0.693359375, -2.12194440e-4  # the first has few bits: n times it is exact
_ROUND = 12582912.0  # 1.5·2²³: x + _ROUND has the nearest whole number to x in its lowest bits
_SMALLEST = 1.17549435e-38  # of the numbers that are not denormal
_INFINITY, _NAN = float("inf"), float("nan")
_ONE, _HALF_ROOT, _SIGN = 0x3F800000, 0x3F3504F3, -0x80000000  # bits of 1, of √½, and the sign's


@cache
def functions(lanes: int) -> SimpleNamespace:
    """The functions for vectors of so many lanes.

    exp(x), log(x), tanh(x) and sigmoid(x) are right everywhere: NaN gives NaN, exp overflows to
    infinity and underflows through the denormal numbers to 0, log is −∞ at 0 and NaN below.

    Three more are the pieces that kernels are made of:
        decay(x, low, factor): factor·e^(x + low) for x ≤ 0, a low beside which x is large, and
            factors up to 2⁶².  It is rounded once, also where it is denormal.
        expm1(x): eˣ − 1 for x ≤ 0, exact to the last digits around 0 as well.
        normal_ratio(a): Φ(−a)·e^(a²/2) for 0 ≤ a ≤ 15, the tail of the normal distribution
            without its steep factor.
    """
    named = _powers(lanes)
    named |= _quotients(lanes, named["decay"], named["expm1"])
    return SimpleNamespace(**named, log=_log(lanes), normal_ratio=_normal_ratio(lanes))


def _powers(lanes: int) -> dict[str, Any]:
    """Powers of e: 2ⁿ is a matter of bits, and a polynomial does what is left, |r| ≤ ln(2)/2.

    Limits are set by ``where``, which leaves NaN as it is.
    """
    simd = intrinsics(lanes)
    fma, where, bits, from_bits = simd.fma, simd.where, simd.bits, simd.from_bits

    @subroutine
    def less_1(r: Any) -> Any:
        """eʳ − 1 for small r, the error relative to it: 0.24."""
        p = fma(r, 1.3868316e-3, 8.366424e-3)
        p = fma(p, r, 4.1667465e-2)
        p = fma(p, r, 0.16666545)
        p = fma(p, r, 0.49999997)
        return fma(p * r, r, r)

    @subroutine
    def rest(x: Any, n: Any) -> Any:
        """R = x − n·ln 2."""
        return fma(n, -_LN2_LOW, fma(n, -_LN2_HIGH, x))

    @subroutine
    def decay(x: Any, low: Any, factor: Any) -> Any:
        x = where(x < -130.0, -130.0, x)
        rounded = fma(x, _LOG2_E, _ROUND)
        power = from_bits((bits(rounded) + (127 + 64)) << 23)  # 2ⁿ⁺⁶⁴: n may be below −126
        return fma(less_1(rest(x, rounded - _ROUND) + low), factor, factor) * power * 2.0**-64

    @subroutine
    def exp(x: Any) -> Any:
        x = where(x < -104.0, -104.0, where(x > 89.0, 89.0, x))
        n = fma(x, _LOG2_E, _ROUND) - _ROUND
        half = fma(n, 0.5, _ROUND)  # two steps, since 2ⁿ alone would overflow before eˣ does
        first = from_bits((bits(half) + 127) << 23)
        second = from_bits((bits(n - (half - _ROUND) + _ROUND) + 127) << 23)
        return (less_1(rest(x, n)) + 1.0) * first * second

    @subroutine
    def expm1(x: Any) -> Any:
        x = where(x < -26.0, -26.0, x)
        rounded = fma(x, _LOG2_E, _ROUND)
        power = from_bits((bits(rounded) + 127) << 23)
        # Where n·(the error of ln 2) matters beside r, it does not beside the result.
        return fma(power, less_1(fma(rounded - _ROUND, -_LN2, x)), power - 1.0)

    return {"decay": decay, "exp": exp, "expm1": expm1}


def _quotients(lanes: int, decay: Any, expm1: Any) -> dict[str, Any]:
    simd = intrinsics(lanes)
    absolute, where, bits, from_bits = simd.absolute, simd.where, simd.bits, simd.from_bits

    @subroutine
    def sigmoid(x: Any) -> Any:
        """1/(1 + e⁻ˣ), for x < 0 as eˣ/(1 + eˣ)."""
        power = decay(0.0 - absolute(x), 0.0, 1.0)
        return where(x < 0.0, power, 1.0) / (power + 1.0)

    @subroutine
    def tanh(x: Any) -> Any:
        """(1 − e^(−2|x|))/(1 + e^(−2|x|)) with the sign of x."""
        less = 0.0 - expm1(absolute(x) * -2.0)
        return from_bits(bits(less / (2.0 - less)) | (bits(x) & _SIGN))

    return {"sigmoid": sigmoid, "tanh": tanh}


def _log(lanes: int) -> Any:
    simd = intrinsics(lanes)
    fma, where, bits, from_bits, to_float = (
        simd.fma,
        simd.where,
        simd.bits,
        simd.from_bits,
        simd.to_float,
    )

    @subroutine
    def log(x: Any) -> Any:
        """N·ln 2 + ln(1 + f) with x = 2ⁿ(1 + f) and √½ ≤ 1 + f < √2."""
        tiny = x < _SMALLEST
        number = bits(where(tiny, x * 2.0**23, x)) + (_ONE - _HALF_ROOT)
        n = to_float((number >> 23) - 127) - where(tiny, 23.0, 0.0)
        f = from_bits((number & 0x7FFFFF) + _HALF_ROOT) - 1.0
        # (ln(1 + f) − f + f²/2)/f³, the error relative to ln(1 + f): 0.10
        p = fma(f, -7.636439e-2, 0.12762217)
        p = fma(p, f, -0.1315961)
        p = fma(p, f, 0.1420158)
        p = fma(p, f, -0.16623409)
        p = fma(p, f, 0.20001242)
        p = fma(p, f, -0.2500082)
        p = fma(p, f, 0.3333333)
        square = f * f
        small = fma(square, -0.5, fma(p * f, square, n * _LN2_LOW))
        result = fma(n, _LN2_HIGH, f + small)
        result = where(x < _INFINITY, result, x)
        return where(x <= 0.0, where(x == 0.0, -_INFINITY, _NAN), result)

    return log


def _normal_ratio(lanes: int) -> Any:
    fma = intrinsics(lanes).fma

    @subroutine
    def normal_ratio(a: Any) -> Any:
        """A polynomial in t = 1/(1 + 0.35·a), which falls as slowly as the ratio; error 0.64."""
        t = 1.0 / fma(a, 0.35, 1.0)
        p = fma(t, -2.915867418050766e-2, 0.14403469860553741)
        p = fma(p, t, -0.2558467388153076)
        p = fma(p, t, 0.15932844579219818)
        p = fma(p, t, -2.3218290880322456e-2)
        p = fma(p, t, 0.105554960668087)
        p = fma(p, t, 0.11982068419456482)
        p = fma(p, t, 0.13986359536647797)
        p = fma(p, t, 0.139621302485466)
        return p * t

    return normal_ratio
