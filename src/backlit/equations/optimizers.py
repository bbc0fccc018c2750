"""The rules of the optimizers, as equations, and their letters in the order of explaining.

The optimizers evaluate them on arrays, kernels are made of them, explanations write them down, and
:mod:`backlit.mistakes` makes wrong ones of them.
"""

from __future__ import annotations

from .expressions import Expression, Scalar, call
from .update_equations import DW, ETA, Assignment, T, UpdateEquations, W

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


def with_decay(decay: bool) -> tuple[tuple[Assignment, ...], Expression]:
    """``g ← dW + λ·W`` and g; without weight decay nothing and dW."""
    if not decay:
        return (), DW
    return (Assignment(G, DW + LAMBDA * W),), G


def sgd(momentum: bool = False, nesterov: bool = False, decay: bool = False) -> UpdateEquations:
    """W ← W − η·g; with momentum v ← μ·v + g in the place of g, or g + μ·v with Nesterov's."""
    before, g = with_decay(decay)
    if not momentum:
        return UpdateEquations(before, ETA * g)
    velocity = Assignment(V, MU * V + g, kept="momentum")
    direction = g + MU * V if nesterov else V
    return UpdateEquations((*before, velocity), ETA * direction)


def rmsprop(momentum: bool = False, centered: bool = False, decay: bool = False) -> UpdateEquations:
    """s ← α·s + (1 − α)·g², W ← W − η·g/(√s + ε); centered √(s − a²), and with momentum v."""
    before, g = with_decay(decay)
    square = Assignment(S, ALPHA * S + (1 - ALPHA) * g**2, kept="square_average")
    assignments = [*before, square]
    spread: Expression = S
    if centered:
        average = ALPHA * A + (1 - ALPHA) * g
        assignments.append(Assignment(A, average, kept="gradient_average"))
        # Rounding may leave a variance of 0 a little below it.
        spread = call("max", S - A**2, 0)
    direction: Expression = g / (call("sqrt", spread) + EPSILON)
    if momentum:
        assignments.append(Assignment(V, MU * V + direction, kept="momentum"))
        direction = V
    return UpdateEquations(tuple(assignments), ETA * direction)


def adam(decay: bool = False) -> UpdateEquations:
    """The averages m of g and s of g², without their bias; W ← W − η·m̂/(√ŝ + ε)."""
    before, g = with_decay(decay)
    averages, step = _adaptive_step(g)
    return UpdateEquations((*before, *averages), step)


def adamw(decay: bool = True) -> UpdateEquations:
    """As :func:`adam`, from the plain gradient, and −η·λ·W besides."""
    averages, step = _adaptive_step(DW)
    return UpdateEquations(averages, ETA * LAMBDA * W + step if decay else step)


def _adaptive_step(g: Expression) -> tuple[tuple[Assignment, ...], Expression]:
    """The averages of g, and η·m̂/(√ŝ + ε)."""
    averages = (
        Assignment(M, BETA1 * M + (1 - BETA1) * g, kept="first_moment"),
        Assignment(S, BETA2 * S + (1 - BETA2) * g * g, kept="second_moment"),
        Assignment(M_HAT, M / (1 - call("pow", BETA1, T))),
        Assignment(S_HAT, S / (1 - call("pow", BETA2, T))),
    )
    return averages, ETA * M_HAT / (call("sqrt", S_HAT) + EPSILON)
