"""Activations: a bend after each layer, number by number.

Backward all are one sentence: the error is multiplied by the slope of the function at the number
that went in.  They are not linear, so the slopes are stated; the tests prove them.

Sources: Dugas et al. 2000 (softplus); Maas et al. 2013 (leaky ReLU); Krizhevsky 2010 (ReLU6);
Clevert et al. 2015 (ELU); Hendrycks and Gimpel 2016 (GELU); Elfwing et al. 2017 (SiLU); Howard et
al. 2019 (hard sigmoid and hard swish); He et al. 2015 (PReLU).
"""

from __future__ import annotations

import math

from ..conditions import phrase
from ..equation import Equation
from ..expressions import (
    Cases,
    Comparison,
    Constant,
    Expression,
    FunctionCall,
    Indicator,
    Number,
    Scalar,
    Sum,
    call,
    node,
    over,
)
from ..indices import index, size, whole
from ..operation import Operation
from ..tensors import Tensor
from .building import C, n, scalar

__all__ = [  # noqa: RUF022 - in the order in which they are listed
    "relu",
    "leaky_relu",
    "elu",
    "sigmoid",
    "tanh",
    "gelu",
    "silu",
    "relu6",
    "hard_sigmoid",
    "hard_swish",
    "softplus",
    "prelu",
]


X = Tensor("X", None, "input")
Y = Tensor("Y", None, "output")

_x, _y, _dy = X[...], Y[...], Y.gradient[...]
_positive = Comparison(_x, ">", node(0))
_EACH = "Each number for itself: all letters stand for the same place."
_AT_KINKS = "The slopes at {} and {} are a convention: here they are those of the outer sides."
_AT_KINK = "The slope at 0 is a convention: here it is that of the left side, {}."


def _activation(
    name: str,
    title: str,
    value: Expression,
    slope: Expression,
    words: str,
    slope_words: str,
    notes: tuple[str, ...] = (),
) -> Operation:
    """An operation from a function and its slope."""
    forward = Equation(
        name="output",
        kind="forward",
        left=_y,
        right=value,
        words=words,
        vocabulary=(X, Y, Y.gradient),
    )
    error = Equation(
        name="error of X",
        kind="gradient",
        left=X.gradient[...],
        right=_dy * slope,
        words=slope_words,
        vocabulary=(X, Y, Y.gradient),
        sources=(forward,),
    )
    return Operation(name, title, (forward,), {"input": error}, notes=(_EACH, *notes))


def relu() -> Operation:
    """Y = max(0, X);  dX = dY · [X > 0]."""
    return _activation(
        "relu",
        "ReLU",
        call("max", 0, _x),
        Indicator(_positive),
        "Positive numbers pass, negative ones become 0.",
        "The error passes where the input was positive; elsewhere it ends.",
        (_AT_KINK.format("0"), "[X > 0] is 1 where that is true, and 0 where it is not."),
    )


def relu6() -> Operation:
    """Y = min(max(0, X), 6);  dX = dY · [X > 0] · [X < 6]."""
    return _activation(
        "relu6",
        "ReLU6",
        call("min", call("max", 0, _x), 6),
        Indicator(_positive) * Indicator(Comparison(_x, "<", node(6))),
        "Numbers between 0 and 6 pass; below them there is 0, and above them 6.",
        "The error passes where the input was between 0 and 6; elsewhere it ends.",
        (_AT_KINKS.format("0", "6"), "[X > 0] is 1 where that is true, and 0 where it is not."),
    )


def leaky_relu(slope: Number | None = None) -> Operation:
    """Y = X where X > 0, else α·X;  dX = dY · 1 or dY · α.

    Args:
        slope: α, the slope on the left side; None leaves the letter.
    """
    alpha = scalar("α", slope, "slope of the left side", "slope")
    return _activation(
        "leaky_relu",
        "Leaky ReLU",
        Cases(((_x, _positive), (alpha * _x, None))),
        Cases(((node(1), _positive), (alpha, None))),
        "Positive numbers pass, negative ones are made small.",
        "The error passes where the input was positive; elsewhere a small part of it passes.",
        (_AT_KINK.format("α" if isinstance(alpha, Scalar) else f"{slope}"),),
    )


def elu(alpha: Number | None = None) -> Operation:
    """Y = X where X > 0, else α(e^X − 1);  dX = dY · 1 or dY · (Y + α).

    Args:
        alpha: how far down the left side reaches; None leaves the letter α.
    """
    bend = scalar("α", alpha, "how far down the left side reaches", "alpha")
    below = call("expm1", _x)  # e^X − 1, to the last digit
    return _activation(
        "elu",
        "ELU",
        Cases(((_x, _positive), (below if alpha == 1 else bend * below, None))),
        Cases(((node(1), _positive), (_y + bend, None))),
        "Positive numbers pass; negative ones bend smoothly towards a floor.",
        "The error passes where the input was positive; elsewhere it is scaled by the slope, which "
        "is the output plus α.",
    )


def sigmoid() -> Operation:
    """Y = 1/(1 + e^(−X));  dX = dY · Y · (1 − Y)."""
    return _activation(
        "sigmoid",
        "Sigmoid",
        1 / (1 + call("exp", -_x)),
        _y * (1 - _y),
        "Every number is pressed into the range from 0 to 1.",
        "The error is scaled by the slope, which the output alone tells; it is small at both ends.",
    )


def hard_sigmoid() -> Operation:
    """Y = min(max(0, X + 3), 6)/6;  dX = dY/6 · [X > −3] · [X < 3]."""
    return _activation(
        "hard_sigmoid",
        "Hard sigmoid",
        call("min", call("max", 0, _x + 3), 6) / 6,
        Indicator(Comparison(_x, ">", node(-3))) * Indicator(Comparison(_x, "<", node(3))) / 6,
        "Every number is pressed into the range from 0 to 1, by a straight line between −3 and 3.",
        "A sixth of the error passes where the input was between −3 and 3; elsewhere it ends.",
        (_AT_KINKS.format("−3", "3"), "[X > −3] is 1 where that is true, and 0 where it is not."),
    )


def tanh() -> Operation:
    """Y = tanh X;  dX = dY · (1 − Y²)."""
    return _activation(
        "tanh",
        "Tanh",
        call("tanh", _x),
        1 - _y**2,
        "Every number is pressed into the range from −1 to 1.",
        "The error is scaled by the slope, which the output alone tells; it is small at both ends.",
    )


def gelu() -> Operation:
    """Y = X/2 · erfc(−X/√2);  dX = dY · (erfc(−X/√2)/2 + X·e^(−X²/2)/√(2π))."""
    below = call("erfc", -(_x / call("sqrt", 2)))
    density = call("exp", -(_x**2 / 2)) / FunctionCall("sqrt", (2 * Constant(math.pi, "π"),))
    return _activation(
        "gelu",
        "GELU (exact)",
        _x / 2 * below,
        below / 2 + _x * density,
        "Each number is multiplied by the share of a normal distribution that lies below it.",
        "The error is scaled by the slope: that share, plus the number times the bell curve there.",
        ("erfc(−X/√2) is 1 + erf(X/√2), of which nothing would be left far out on the left side.",),
    )


def silu() -> Operation:
    """Y = X·sigmoid(X);  dX = dY · sigmoid(X) · (1 + X·(1 − sigmoid(X)))."""
    gate = call("sigmoid", _x)
    return _activation(
        "silu",
        "SiLU (swish)",
        _x * gate,
        gate * (1 + _x * (1 - gate)),
        "Each number is multiplied by its own sigmoid, a gate between 0 and 1.",
        "The error is scaled by the slope: the gate, and how the gate itself moves.",
        ("sigmoid(X) is 1/(1 + e^(−X)).",),
    )


def hard_swish() -> Operation:
    """Y = X·(X + 3)/6 between −3 and 3, else 0 or X;  dX = dY · (2X + 3)/6, else 0 or dY."""
    # A NaN fulfills no condition: the last case is the one that keeps it.
    above, below = Comparison(_x, "≥", node(3)), Comparison(node(-3), "≥", _x)
    return _activation(
        "hard_swish",
        "Hard swish",
        Cases(((_x, above), (node(0), below), (_x * (_x + 3) / 6, None))),
        Cases(((node(1), above), (node(0), below), ((2 * _x + 3) / 6, None))),
        "Each number is multiplied by its own hard sigmoid, a gate between 0 and 1.",
        "The error passes above 3 and ends below −3; between them it is scaled by the slope.",
        (_AT_KINKS.format("−3", "3"),),
    )


def softplus() -> Operation:
    """Y = ln(1 + e^X), as X + ln(1 + e^(−X)) where X > 0;  dX = dY · sigmoid(X)."""
    return _activation(
        "softplus",
        "Softplus",
        Cases(
            (
                (_x + call("log1p", call("exp", -_x)), _positive),
                (call("log1p", call("exp", _x)), None),
            )
        ),
        call("sigmoid", _x),
        "A ReLU without its corner: both lines are ln(1 + e^X), written so that no power is large.",
        "The error is scaled by the slope, which is the sigmoid of the input.",
        ("sigmoid(X) is 1/(1 + e^(−X)).",),
    )


def prelu(shared: bool = False, maps: bool = True) -> Operation:
    """Y[n,c,h,w] = X where X > 0, else a[c]·X;  da[c] = Σ_{n,h,w} dY·X over all X ≤ 0.

    Args:
        shared: whether there is one slope for all channels.
        maps: whether the inputs are maps (n, channel, row, column); else rows of numbers (n, c).
    """
    c = index("c", C, "channel")
    k = index("k", whole(1), "of the slopes, of which there is one")
    inner = (
        (
            index("h", size("IH", "height of the maps"), "row"),
            index("w", size("IW", "width of the maps"), "column"),
        )
        if maps
        else ()
    )
    place = (n, c, *inner)
    x, y = Tensor("X", place, "input"), Tensor("Y", place, "output")
    a = Tensor("a", (k if shared else c,), "slopes of the left side (weight)", learned=True)
    slope, here = a[whole(0) if shared else c], x[place]
    positive = Comparison(here, ">", node(0))
    forward = Equation(
        name="output",
        kind="forward",
        left=y[place],
        right=Cases(((here, positive), (slope * here, None))),
        words="Positive numbers pass, others are multiplied by a slope that is learned.",
        vocabulary=(x, y, y.gradient, a),
    )
    error = Equation(
        name="error of X",
        kind="gradient",
        left=x.gradient[place],
        right=y.gradient[place] * Cases(((node(1), positive), (slope, None))),
        words="The error passes where the input was positive; elsewhere it is scaled by the slope.",
        vocabulary=forward.vocabulary,
        sources=(forward,),
    )
    learned = Equation(
        name="gradient of a",
        kind="gradient",
        left=a.gradient[k if shared else c],
        right=Sum(
            over(n, *((c,) if shared else ()), *inner),
            y.gradient[place] * here,
            only=Comparison(node(0), "≥", here),
        ),
        words="Each error times the input that was multiplied by the slope, added up.",
        conditions=(phrase("only inputs that are not above 0 count"),),
        vocabulary=forward.vocabulary,
        sources=(forward,),
    )
    return Operation(
        name="prelu",
        title="PReLU, one slope for all" if shared else "PReLU",
        steps=(forward,),
        gradients={"weight": learned, "input": error},
        notes=("a is called weight among the parameters.", _AT_KINK.format("a")),
    )
