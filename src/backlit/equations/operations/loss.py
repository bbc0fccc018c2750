"""Softmax and cross-entropy: where the error begins.

Source: J. Bridle, "Probabilistic interpretation of feedforward classification network outputs",
1990.
"""

from __future__ import annotations

from dataclasses import replace

from ..conditions import phrase
from ..equation import Equation
from ..expressions import Comparison, Constant, Ratio, WholeNumber, call, node, sum_over
from ..indices import index, size
from ..operation import Operation
from ..tensors import Tensor
from .building import N, n

K = size("K", "number of classes")
k = index("k", K, "class")
m = index("m", K, "class, in a sum over all of them")


def softmax_cross_entropy() -> Operation:
    """P[n,k] = e^Z[n,k] / Σ_m e^Z[n,m];  L = −1/N Σ_{n,k} T[n,k]·ln P[n,k];  dZ = (P − T)/N."""
    Z = Tensor("Z", (n, k), "scores of the classes (logits)")
    P = Tensor("P", (n, k), "probabilities of the classes")
    T = Tensor("T", (n, k), "truth: 1 for the true class of an image, 0 for the others")
    L = Tensor("L", (), "loss: one number for the whole batch")
    vocabulary = (Z, P, T)
    probabilities = Equation(
        name="probabilities",
        kind="forward",
        left=P[n, k],
        right=call("exp", Z[n, k]) / sum_over((m,), call("exp", Z[n, m])),
        words="Softmax turns the scores into positive numbers that add up to 1.",
        vocabulary=vocabulary,
    )
    logarithms = replace(
        sum_over((n, k), T[n, k] * call("log", P[n, k])), only=Comparison(T[n, k], "≠", node(0))
    )
    loss = Equation(
        name="loss",
        kind="forward",
        left=L[()],
        right=-(Ratio(Constant(1), WholeNumber(N)) * logarithms),
        words="The logarithm of the probability of the true class, averaged over the images; the "
        "minus makes it a loss.",
        conditions=(phrase("only the true class of each image counts, where T is 1"),),
        vocabulary=vocabulary,
        sources=(probabilities,),
    )
    error = Equation(
        name="error of Z",
        kind="gradient",
        left=Z.gradient[n, k],
        right=(P[n, k] - T[n, k]) / WholeNumber(N),
        words="Probability minus truth: too much is pushed down, too little is pulled up.",
        vocabulary=vocabulary,
        sources=(probabilities,),
    )
    return Operation(
        name="softmax_cross_entropy",
        title="Softmax and cross-entropy, mean over the batch",
        steps=(probabilities, loss),
        gradients={"input": error},
        notes=("The 1/N of the mean is applied here, once, and nowhere else.",),
    )
