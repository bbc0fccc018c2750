"""Batch normalization: each channel shifted and scaled to mean 0 and variance 1, then freely again.

In training a number reaches the loss on three ways, directly, through the mean and through the
variance, and the error has as many parts.  In evaluation mean and variance are constants.

Source: S. Ioffe and C. Szegedy, "Batch normalization", 2015.
"""

from __future__ import annotations

from dataclasses import replace

from ..conditions import phrase
from ..equation import Equation
from ..expressions import Constant, Expression, Number, Ratio, WholeNumber, call, sum_over
from ..indices import index, size
from ..operation import Operation
from ..sizes import Definition
from ..tensors import Tensor
from ..typeset.layout import Operator
from .building import C, N, gradient_of, n, scalar

IH, IW = size("IH", "height of the maps"), size("IW", "width of the maps")
M = size("M", "how many numbers a channel has in the batch, N·IH·IW")

c = index("c", C, "channel")
h = index("h", IH, "row")
w = index("w", IW, "column")

X = Tensor("X", (n, c, h, w), "input")
Y = Tensor("Y", (n, c, h, w), "output")
MEAN = Tensor("μ", (c,), "mean of the channel", alias="mean")
VARIANCE = Tensor("σ²", (c,), "variance of the channel", alias="variance")
NORMALIZED = Tensor("x\u0302", (n, c, h, w), "normalized input", alias="normalized")
GAMMA = Tensor("γ", (c,), "scale of the channel (weight)", learned=True, alias="weight")
BETA = Tensor("β", (c,), "shift of the channel (bias)", learned=True, alias="bias")

_VOCABULARY = (X, Y, Y.gradient, MEAN, VARIANCE, NORMALIZED, GAMMA, BETA)
_DEFINITIONS = (Definition("M", N * IH * IW),)
_COUNT = (phrase(M, Operator("="), N * IH * IW),)


def batch_norm2d(training: bool = True, eps: Number | None = None) -> Operation:
    """Y[n,c,h,w] = γ[c] · x̂[n,c,h,w] + β[c], with x̂ = (X − μ)/√(σ² + ε).

    Args:
        training: whether μ and σ² are those of this batch; otherwise they are given numbers.
        eps: keeps the root away from 0; None leaves the letter ε.
    """
    epsilon = scalar("ε", eps, "a small number that keeps the root away from 0", "eps")
    statistics = _statistics() if training else ()
    normalized = _normalized(epsilon, statistics)
    output = _output((*statistics, normalized))
    scale, shift = (_parameter_gradient(output, tensor) for tensor in (GAMMA, BETA))
    error = (
        _error_in_training(epsilon, (*output.sources, scale, shift))
        if training
        else _error_in_evaluation(epsilon, output.sources)
    )
    return Operation(
        name="batch_norm2d",
        title=f"Batch normalization ({'training' if training else 'evaluation'})",
        steps=(*statistics, normalized, output),
        gradients={
            "weight": scale,
            "gamma": scale,
            "bias": shift,
            "beta": shift,
            "input": error,
        },
        notes=(
            "γ is called weight and β bias among the parameters.",
            "The three parts of dX: the direct way, the way through the mean, the way through the "
            "variance."
            if training
            else "In evaluation μ and σ² are running averages from training, and constants.",
        ),
    )


def _statistics() -> tuple[Equation, Equation]:
    """μ and σ² of the batch."""
    share = Ratio(Constant(1), WholeNumber(M))
    mean = Equation(
        name="mean",
        kind="forward",
        left=MEAN[c],
        right=share * sum_over((n, h, w), X[n, c, h, w]),
        words="The mean of all numbers of the channel, over the whole batch.",
        conditions=_COUNT,
        vocabulary=_VOCABULARY,
        definitions=_DEFINITIONS,
    )
    variance = replace(
        mean,
        name="variance",
        left=VARIANCE[c],
        right=share * sum_over((n, h, w), (X[n, c, h, w] - MEAN[c]) ** 2),
        words="How far they lie from it, squared, on average.",
        sources=(mean,),
    )
    return mean, variance


def _spread(epsilon: Expression) -> Expression:
    """√(σ² + ε)."""
    return call("sqrt", VARIANCE[c] + epsilon)


def _normalized(epsilon: Expression, statistics: tuple[Equation, ...]) -> Equation:
    return Equation(
        name="normalized input",
        kind="forward",
        left=NORMALIZED[n, c, h, w],
        right=(X[n, c, h, w] - MEAN[c]) / _spread(epsilon),
        words="Each number, shifted and scaled so that the channel has mean 0 and variance 1.",
        vocabulary=_VOCABULARY,
        definitions=_DEFINITIONS,
        sources=statistics,
    )


def _output(sources: tuple[Equation, ...]) -> Equation:
    return Equation(
        name="output",
        kind="forward",
        left=Y[n, c, h, w],
        right=GAMMA[c] * NORMALIZED[n, c, h, w] + BETA[c],
        words="Then it is scaled and shifted again, by numbers that are learned.",
        vocabulary=_VOCABULARY,
        definitions=_DEFINITIONS,
        sources=sources,
    )


def _parameter_gradient(output: Equation, tensor: Tensor) -> Equation:
    words = {
        "γ": "The sum of the channel's errors, each times the normalized number that γ scaled.",
        "β": "The sum of the channel's errors.",
    }
    return gradient_of(output, tensor, words[tensor.symbol])


def _error_in_training(epsilon: Expression, sources: tuple[Equation, ...]) -> Equation:
    """Stated: μ and σ² depend on every X of the channel, so this is not linear."""
    dY, dgamma, dbeta = Y.gradient, GAMMA.gradient, BETA.gradient
    direct = WholeNumber(M) * dY[n, c, h, w]
    return Equation(
        name="error of X",
        kind="gradient",
        left=X.gradient[n, c, h, w],
        right=GAMMA[c]
        / (WholeNumber(M) * _spread(epsilon))
        * (direct - dbeta[c] - NORMALIZED[n, c, h, w] * dgamma[c]),
        words="The number's own error, less the channel's mean error, less what its share in the "
        "variance would bring.",
        conditions=_COUNT,
        vocabulary=(*_VOCABULARY, dgamma, dbeta),
        definitions=_DEFINITIONS,
        sources=sources,
    )


def _error_in_evaluation(epsilon: Expression, sources: tuple[Equation, ...]) -> Equation:
    return Equation(
        name="error of X",
        kind="gradient",
        left=X.gradient[n, c, h, w],
        right=GAMMA[c] / _spread(epsilon) * Y.gradient[n, c, h, w],
        words="With constant μ and σ² only the direct way is left: the error times the scale.",
        vocabulary=_VOCABULARY,
        definitions=_DEFINITIONS,
        sources=sources,
    )
