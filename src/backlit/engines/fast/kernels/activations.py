"""Activation functions and their slopes, number by number:  A = f(Z),  dZ = dY · f'(Z).

What the functions are is said in :mod:`backlit.pure.activations`.  The slope of most can be told
from the output A alone, so that Z need not be kept; see :func:`.from_output`.

GELU and SiLU are z·S(z) with an S-curve for which S(−z) = 1 − S(z).  So both are

    f(z) = max(z, 0) − |z|·S(−|z|)         f'(−|z|) = S(−|z|) − |z|·S'(|z|) = 1 − f'(|z|)

with one small tail, exact to the last digits on both sides.  At −∞ both are what the tail tends
to, 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backlit.engines.fast.simd.functions import functions
from backlit.engines.fast.simd.intrinsics import floats, intrinsics
from backlit.engines.fast.simd.subroutine import subroutine

Function = Callable[..., Any]
_SIXTH = 1 / 6
_DENSITY_AT_0 = 0.39894228040143268  # 1/√(2π)


def activation(kind: str, option: float, lanes: int) -> Function:
    """The function A = f(Z) of a vector.

    Args:
        kind: of its layer, such as "relu".
        option: that of its layer, such as the α of ELU.
        lanes: of the vectors.
    """
    w, f = intrinsics(lanes), functions(lanes)
    where, expm1, sigmoid, tanh = w.where, f.expm1, f.sigmoid, f.tanh
    absolute, decay, log = w.absolute, f.decay, f.log
    tails = _tails(kind, lanes)

    @subroutine
    def above_0(z: Any) -> Any:
        return where(z <= 0.0, 0.0, z)  # NaN stays NaN

    @subroutine
    def softplus(z: Any) -> Any:
        """Max(z, 0) + ln(1 + p) with p = e^−|z|; the logarithm made up for what 1 + p has lost."""
        power = decay(0.0 - absolute(z), 0.0, 1.0)
        kept = (power + 1.0) - 1.0
        return above_0(z) + where(kept <= 0.0, power, log(power + 1.0) * (power / kept))

    known: dict[str, Function] = {
        "relu": lambda z: above_0(z),
        "relu6": lambda z: where(z <= 0.0, 0.0, where(z >= 6.0, 6.0, z)),
        "leakyrelu": lambda z: where(z <= 0.0, z * option, z),
        "elu": lambda z: where(z <= 0.0, expm1(z) * option, z),
        "sigmoid": lambda z: sigmoid(z),
        "hardsigmoid": lambda z: where(z <= -3.0, 0.0, where(z >= 3.0, 1.0, (z + 3.0) * _SIXTH)),
        "tanh": lambda z: tanh(z),
        "hardswish": lambda z: where(z <= -3.0, 0.0, where(z >= 3.0, z, z * (z + 3.0) * _SIXTH)),
        "gelu": lambda z: above_0(z) - tails(z)[0],
        "silu": lambda z: above_0(z) - tails(z)[0],
        "softplus": lambda z: softplus(z),
    }
    return known[kind]


def slope(kind: str, option: float, lanes: int) -> Function:
    """f' as a function of a vector of A or, where :func:`.from_output` is false, of Z."""
    w, f = intrinsics(lanes), functions(lanes)
    where, splat, fma, exp, expm1 = w.where, w.splat, w.fma, f.exp, f.expm1
    tails = _tails(kind, lanes)

    def of_tail(z: Any) -> Any:
        tail = tails(z)[1]
        return where(z < 0.0, tail, 1.0 - tail)

    known: dict[str, Function] = {
        "relu": lambda a: where(a <= 0.0, splat(0.0), splat(1.0)),
        "relu6": lambda a: where(a <= 0.0, 0.0, where(a >= 6.0, splat(0.0), splat(1.0))),
        "leakyrelu": lambda a: where(a <= 0.0, splat(option), splat(1.0)),
        "elu": lambda z: where(z <= 0.0, exp(z) * option, 1.0),
        "sigmoid": lambda a: a * (1.0 - a),
        "hardsigmoid": lambda a: where(a <= 0.0, 0.0, where(a >= 1.0, splat(0.0), splat(_SIXTH))),
        "tanh": lambda a: fma(0.0 - a, a, 1.0),
        "hardswish": lambda z: where(
            z <= -3.0, 0.0, where(z >= 3.0, 1.0, fma(z, 2.0, 3.0) * _SIXTH)
        ),
        "gelu": of_tail,
        "silu": of_tail,
        "softplus": lambda a: 0.0 - expm1(0.0 - a),
    }
    if kind == "elu" and from_output(kind, option):
        return lambda a: where(a <= 0.0, a + option, 1.0)
    return known[kind]


def from_output(kind: str, option: float) -> bool:
    """Whether an activation's slope is computed from its output A; else it is from its input Z."""
    if kind == "leakyrelu":
        return option >= 0
    if kind == "elu":
        return option > 0
    return kind in {"relu", "relu6", "sigmoid", "hardsigmoid", "tanh", "softplus"}


def error_through(kind: str, option: float, lanes: int) -> Function:
    """dZ = dY·f' as a function of two vectors: dY, and A or Z as in :func:`slope`.

    Not always the product: what is off lets nothing pass, not even ∞ or NaN.
    """
    where, multiplied = intrinsics(lanes).where, subroutine(slope(kind, option, lanes))
    if kind == "relu":
        return lambda dy, a: where(a <= 0.0, 0.0, dy)
    if kind == "relu6":
        return lambda dy, a: where(a <= 0.0, 0.0, where(a >= 6.0, 0.0, dy))
    if kind == "hardsigmoid":
        return lambda dy, a: where(a <= 0.0, 0.0, where(a >= 1.0, 0.0, dy * _SIXTH))
    if kind == "hardswish":
        return lambda dy, z: where(z <= -3.0, 0.0, dy * multiplied(z))
    return lambda dy, seen: dy * multiplied(seen)


def _tails(kind: str, lanes: int) -> Function:
    """(|z|·S(−|z|), f'(−|z|)) of GELU or SiLU."""
    w, f = intrinsics(lanes), functions(lanes)
    where, absolute, fma, decay, normal_ratio = (
        w.where, w.absolute, w.fma, f.decay, f.normal_ratio,
    )  # fmt: skip

    @subroutine
    def gelu(z: Any) -> Any:
        """S = Φ, S' = φ; beyond 15 nothing of it is left in float32."""
        a = absolute(z)
        a = where(a > 15.0, 15.0, a)
        square = a * a
        low = fma(a, a, 0.0 - square) * -0.5  # what rounding took from the square
        ratio = normal_ratio(a)
        at = square * -0.5
        return decay(at, low, a * ratio), decay(at, low, fma(a, -_DENSITY_AT_0, ratio))

    @subroutine
    def silu(z: Any) -> Any:
        """S = σ, S' = σ(1 − σ); beyond 110 nothing of it is left in float32."""
        a = absolute(z)
        a = where(a > 110.0, 110.0, a)
        power = decay(0.0 - a, 0.0, 1.0)
        share = 1.0 / (power + 1.0)  # σ(|z|)
        return decay(0.0 - a, 0.0, a) * share, power * share * fma(0.0 - a, share, 1.0)

    chosen: Function = silu if kind == "silu" else gelu
    return chosen


def forward(kind: str, option: float, lanes: int) -> Any:
    """Arguments: Z, A, which may be the same; the floats of an image, whole vectors.

    Args:
        kind: see :func:`activation`, like ``option``.
        option: see ``kind``.
        lanes: of the vectors.
    """
    w = intrinsics(lanes)
    load, store = w.load, w.store
    function = subroutine(activation(kind, option, lanes))

    def body(a):
        z, y = floats(a, 1), floats(a, 2)
        for i in range(0, a[0] * a[3], lanes):
            store(y, i, function(load(z, i)))

    return body


def backward(kind: str, option: float, lanes: int, accumulate: bool = False) -> Any:
    """Arguments: dY, A or Z (see :func:`.from_output`), dZ, which may be dY; floats of an image.

    Args:
        kind: see :func:`activation`, like ``option``.
        option: see ``kind``.
        lanes: of the vectors.
        accumulate: whether to add to what is in dZ.
    """
    w = intrinsics(lanes)
    load, store = w.load, w.store
    function = subroutine(error_through(kind, option, lanes))

    def body(a):
        dy, seen, dz = floats(a, 1), floats(a, 2), floats(a, 3)
        for i in range(0, a[0] * a[4], lanes):
            error = function(load(dy, i), load(seen, i))
            if accumulate:
                store(dz, i, load(dz, i) + error)
            else:
                store(dz, i, error)

    return body
