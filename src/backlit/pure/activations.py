"""Activation functions: a bend after each layer, number by number.

Backward all of them are one sentence: *the error is multiplied by the slope of the function at the
number that went in*,  dZ = dY · f'(Z).  The slope at a kink is a convention; here it is the one of
the left side, so 0 for ReLU at 0, and at a second kink that of the right side, as in PyTorch.

    ReLU       max(z, 0)                     slope 1 if z > 0 else 0
    LeakyReLU  z if z > 0 else a·z           slope 1 if z > 0 else a
    PReLU      z if z > 0 else a·z           slope 1 if z > 0 else a, which is learned
    ReLU6      min(max(z, 0), 6)             slope 1 if 0 < z < 6 else 0
    ELU        z if z > 0 else α(eᶻ − 1)     slope 1 if z > 0 else α·eᶻ
    sigmoid    σ(z) = 1/(1 + e⁻ᶻ)            slope σ(z)·(1 − σ(z))
    hard sig.  min(max(z + 3, 0), 6)/6       slope 1/6 if −3 < z < 3 else 0
    tanh       tanh z                        slope 1 − tanh²z
    GELU       z·Φ(z)                        slope Φ(z) + z·φ(z)
    SiLU       z·σ(z)                        slope σ(z)·(1 + z·(1 − σ(z)))
    hard swish z·min(max(z + 3, 0), 6)/6     slope (2z + 3)/6 if −3 < z < 3, else 0 or 1
    softplus   ln(1 + eᶻ)                    slope σ(z)

Φ and φ are the distribution function and the density of the standard normal distribution.
Every function takes nested lists of any depth.  The functions of mathematics that are not plus,
times or compare (exp, expm1, log1p, tanh, erfc) are arguments, so that other kinds of numbers can
bring theirs.

A difference of two numbers that are nearly equal has few right digits: 1 − σ(40) should be 4e-18,
and comes out as 0.  So where the equations have one, the code has something equal without it:

    eᶻ − 1 = expm1(z)        1 − σ(z) = σ(−z)        1 − tanh²z = 4·σ(2z)·σ(−2z)
    Φ(z) = (1 + erf(z/√2))/2 = erfc(−z/√2)/2
    ln(1 + eᶻ) = z + log1p(e⁻ᶻ) where z > 0, else log1p(eᶻ)

Sources: Dugas et al. 2000 (softplus); Maas et al. 2013 (leaky ReLU); Krizhevsky 2010 (ReLU6);
Clevert et al. 2015 (ELU); Hendrycks and Gimpel 2016 (GELU); Elfwing et al. 2017 (SiLU); Howard et
al. 2019 (hard sigmoid and hard swish); He et al. 2015 (PReLU).
"""

import math
from collections.abc import Callable

from .nested import Nested, Number, Vector, apply, apply2, zero_of

__all__ = [
    "elu_backward",
    "elu_forward",
    "gelu_backward",
    "gelu_forward",
    "hard_sigmoid_backward",
    "hard_sigmoid_forward",
    "hard_swish_backward",
    "hard_swish_forward",
    "leaky_relu_backward",
    "leaky_relu_forward",
    "prelu_backward",
    "prelu_forward",
    "relu6_backward",
    "relu6_forward",
    "relu_backward",
    "relu_forward",
    "sigmoid_backward",
    "sigmoid_forward",
    "silu_backward",
    "silu_forward",
    "softplus_backward",
    "softplus_forward",
    "tanh_backward",
    "tanh_forward",
]

Function = Callable[[Number], Number]


def relu_forward(x: Nested) -> Nested:
    """max(z, 0).  A NaN stays NaN."""
    zero = zero_of(x)
    return apply(lambda z: zero if z <= 0 else z, x)


def relu_backward(dy: Nested, x: Nested) -> Nested:
    """dZ = dY where Z > 0, else 0: the error passes where the neuron was on."""
    zero = zero_of(dy)
    return apply2(lambda error, z: zero if z <= 0 else error, dy, x)


def relu6_forward(x: Nested) -> Nested:
    """z where 0 < z < 6, else the nearer of the two.  A NaN stays NaN."""
    zero = zero_of(x)
    six = zero + 6
    return apply(lambda z: zero if z <= 0 else six if z >= 6 else z, x)


def relu6_backward(dy: Nested, x: Nested) -> Nested:
    """dZ = dY where 0 < Z < 6, else 0."""
    zero = zero_of(dy)
    return apply2(lambda error, z: zero if z <= 0 or z >= 6 else error, dy, x)


def leaky_relu_forward(x: Nested, slope: Number = 0.01) -> Nested:
    """z where z > 0, else slope·z."""
    return apply(lambda z: slope * z if z <= 0 else z, x)


def leaky_relu_backward(dy: Nested, x: Nested, slope: Number = 0.01) -> Nested:
    """dZ = dY where Z > 0, else slope·dY."""
    return apply2(lambda error, z: slope * error if z <= 0 else error, dy, x)


def elu_forward(x: Nested, alpha: Number = 1.0, expm1: Function = math.expm1) -> Nested:
    """z where z > 0, else α(eᶻ − 1)."""
    return apply(lambda z: alpha * expm1(z) if z <= 0 else z, x)


def elu_backward(dy: Nested, x: Nested, alpha: Number = 1.0, exp: Function = math.exp) -> Nested:
    """dZ = dY where Z > 0, else α·eᶻ·dY (which is A + α times dY, A being the output)."""
    return apply2(lambda error, z: alpha * exp(z) * error if z <= 0 else error, dy, x)


def sigmoid(z: Number, exp: Function = math.exp) -> Number:
    """σ(z) = 1/(1 + e⁻ᶻ), written for z < 0 as eᶻ/(1 + eᶻ) so that e never overflows."""
    if z < 0:
        e = exp(z)
        return e / (1 + e)
    return 1 / (1 + exp(-z))


def sigmoid_forward(x: Nested, exp: Function = math.exp) -> Nested:
    """σ(z) = 1/(1 + e⁻ᶻ)."""
    return apply(lambda z: sigmoid(z, exp), x)


def sigmoid_backward(dy: Nested, x: Nested, exp: Function = math.exp) -> Nested:
    """dZ = dY · σ(Z)(1 − σ(Z)), with σ(−Z) for 1 − σ(Z)."""
    return apply2(lambda error, z: error * sigmoid(z, exp) * sigmoid(-z, exp), dy, x)


def hard_sigmoid_forward(x: Nested) -> Nested:
    """(z + 3)/6 where −3 < z < 3, else 0 on the left and 1 on the right.  A NaN stays NaN."""
    zero = zero_of(x)
    one = zero + 1
    return apply(lambda z: zero if z <= -3 else one if z >= 3 else (z + 3) / 6, x)


def hard_sigmoid_backward(dy: Nested, x: Nested) -> Nested:
    """dZ = dY/6 where −3 < Z < 3, else 0."""
    zero = zero_of(dy)
    return apply2(lambda error, z: zero if z <= -3 or z >= 3 else error / 6, dy, x)


def tanh_forward(x: Nested, tanh: Function = math.tanh) -> Nested:
    """The hyperbolic tangent of each number."""
    return apply(tanh, x)


def tanh_backward(dy: Nested, x: Nested, exp: Function = math.exp) -> Nested:
    """dZ = dY · (1 − tanh²Z), with 4·σ(2Z)·σ(−2Z) for 1 − tanh²Z."""

    def slope(z: Number) -> Number:
        return 4 * sigmoid(2 * z, exp) * sigmoid(-2 * z, exp)

    return apply2(lambda error, z: error * slope(z), dy, x)


def normal_distribution(z: Number, erfc: Function = math.erfc) -> Number:
    """Φ(z) = erfc(−z/√2)/2, the share of a standard normal distribution below z."""
    return erfc(-z / math.sqrt(2)) / 2


def normal_density(z: Number, exp: Function = math.exp) -> Number:
    """φ(z) = e^(−z²/2)/√(2π), the bell curve."""
    return exp(-z * z / 2) / math.sqrt(2 * math.pi)


def gated(z: Number, gate: Number) -> Number:
    """z · gate; where the gate is closed 0, also for z = −∞, where the product would be NaN."""
    return gate if gate == 0 else z * gate


def gelu_forward(x: Nested, erfc: Function = math.erfc) -> Nested:
    """z·Φ(z)."""
    return apply(lambda z: gated(z, normal_distribution(z, erfc)), x)


def gelu_backward(
    dy: Nested, x: Nested, erfc: Function = math.erfc, exp: Function = math.exp
) -> Nested:
    """dZ = dY · (Φ(Z) + Z·φ(Z))."""

    def slope(z: Number) -> Number:
        return normal_distribution(z, erfc) + gated(z, normal_density(z, exp))

    return apply2(lambda error, z: error * slope(z), dy, x)


def silu_forward(x: Nested, exp: Function = math.exp) -> Nested:
    """z·σ(z)."""
    return apply(lambda z: gated(z, sigmoid(z, exp)), x)


def silu_backward(dy: Nested, x: Nested, exp: Function = math.exp) -> Nested:
    """dZ = dY · σ(Z)(1 + Z(1 − σ(Z))), with σ(−Z) for 1 − σ(Z)."""

    def slope(z: Number) -> Number:
        return gated(1 + gated(z, sigmoid(-z, exp)), sigmoid(z, exp))

    return apply2(lambda error, z: error * slope(z), dy, x)


def hard_swish_forward(x: Nested) -> Nested:
    """z·(z + 3)/6 where −3 < z < 3, else 0 on the left and z on the right.  A NaN stays NaN."""
    zero = zero_of(x)
    return apply(lambda z: zero if z <= -3 else z if z >= 3 else z * (z + 3) / 6, x)


def hard_swish_backward(dy: Nested, x: Nested) -> Nested:
    """dZ = dY·(2Z + 3)/6 where −3 < Z < 3, else 0 on the left and dY on the right."""
    zero = zero_of(dy)

    def passed(error: Number, z: Number) -> Number:
        if z <= -3:
            return zero
        return error if z >= 3 else error * (2 * z + 3) / 6

    return apply2(passed, dy, x)


def softplus_forward(x: Nested, exp: Function = math.exp, log1p: Function = math.log1p) -> Nested:
    """ln(1 + eᶻ), as z + ln(1 + e⁻ᶻ) where z > 0, so that e never overflows."""
    return apply(lambda z: z + log1p(exp(-z)) if z > 0 else log1p(exp(z)), x)


def softplus_backward(dy: Nested, x: Nested, exp: Function = math.exp) -> Nested:
    """dZ = dY · σ(Z)."""
    return apply2(lambda error, z: error * sigmoid(z, exp), dy, x)


def prelu_forward(x: Nested, a: Vector) -> Nested:
    """z where z > 0, else a[c]·z: a leaky ReLU whose slopes are learned.

    Args:
        x: maps (N, C, IH, IW) or rows (N, C).
        a: a slope for each channel, (C), or one for all, (1).

    Raises:
        ValueError: neither one slope nor one for each channel.
    """
    Y: Nested = []
    for image in x:
        Y.append([])
        for c, channel in enumerate(image):
            slope = a[_slope_of(c, len(image), a)]
            Y[-1].append(leaky_relu_forward(channel, slope))
    return Y


def prelu_backward(dy: Nested, x: Nested, a: Vector) -> tuple[Nested, Vector]:
    """dZ = dY where Z > 0, else a[c]·dY;  da[c] = Σ dY·Z over all Z of the channel that are ≤ 0.

    Args:
        dy: the error dL/dY, in the shape of X.
        x: what the forward pass saw.
        a: the slopes.

    Returns:
        (dX, da).

    Raises:
        ValueError: as in the forward pass.
    """
    dX: Nested = []
    da = [zero_of(dy)] * len(a)
    for errors, image in zip(dy, x, strict=True):
        dX.append([])
        for c, channel in enumerate(image):
            k = _slope_of(c, len(image), a)

            def back(error: Number, z: Number, k: int = k) -> Number:
                if not z <= 0:
                    return error
                da[k] += error * z
                return a[k] * error

            dX[-1].append(apply2(back, errors[c], channel))
    return dX, da


def _slope_of(channel: int, channels: int, a: Vector) -> int:
    """Which of the slopes is a channel's."""
    if len(a) not in (1, channels):
        raise ValueError(f"a needs 1 or {channels} slopes, one for each channel, got {len(a)}")
    return channel if len(a) > 1 else 0
