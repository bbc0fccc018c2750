"""The letters of the optimizers' rules, in the order in which they are explained."""

from __future__ import annotations

from backlit.equations.expressions import Scalar
from backlit.equations.update_equations import DW, ETA, T, W

MU = Scalar("μ", "the momentum: how much of v is kept")
V = Scalar("v", "the velocity: the gradients so far, older ones faded")
M = Scalar("m", "the average gradient")
S = Scalar("s", "the average squared gradient")
A = Scalar("a", "the average gradient")
BETA1 = Scalar("β₁", "how much of m is kept")
BETA2 = Scalar("β₂", "how much of s is kept")
ALPHA = Scalar("α", "how much of s is kept")
LAMBDA = Scalar("λ", "the weight decay: a pull towards 0")
EPSILON = Scalar("ε", "a tiny number that keeps the division away from 0")
LETTERS = (ETA, MU, V, M, S, A, BETA1, BETA2, ALPHA, LAMBDA, T, EPSILON)

# Numbers on the way, which their own line explains.
G = Scalar("g", "the gradient with the weight decay")
M_HAT = Scalar("m̂", "m without its bias towards 0")
S_HAT = Scalar("ŝ", "s without its bias towards 0")

__all__ = [
    "ALPHA",
    "BETA1",
    "BETA2",
    "DW",
    "EPSILON",
    "ETA",
    "LAMBDA",
    "LETTERS",
    "MU",
    "M_HAT",
    "S_HAT",
    "A",
    "G",
    "M",
    "S",
    "T",
    "V",
    "W",
]
