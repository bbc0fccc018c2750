"""RMSprop: each gradient divided by its usual size."""

from __future__ import annotations

from dataclasses import dataclass

from backlit.equations.expressions import Scalar
from backlit.equations.optimizers import ALPHA, EPSILON, LAMBDA, MU, rmsprop
from backlit.equations.update_equations import UpdateEquations
from backlit.training.options import require, take_not_negative, take_positive, take_share

from .base import Optimizer


@dataclass(frozen=True)
class RMSprop(Optimizer):
    """RMSprop: the gradient, divided by the root of the average squared gradient.

        s ← α·s + (1 − α)·g²           begins at 0
        ΔW = −η · g/(√s + ε)

    With weight decay g ← g + λ·W comes first.  Centered, the average gradient a ← α·a + (1 − α)·g
    is taken out: √(s − a²) stands for √s.  With momentum μ a velocity collects the steps:
    v ← μ·v + g/(√s + ε) and ΔW = −η·v.

    Args:
        learning_rate: η.
        alpha: α, how slowly the average square forgets, 0 ≤ α < 1.
        eps: ε.
        weight_decay: λ.
        momentum: μ, 0 ≤ μ < 1.
        centered: divide by the standard deviation of the gradient, not by its root mean square.

    Raises:
        ConfigurationError: a number out of its range.

    Sources: Hinton, "Neural networks for machine learning", lecture 6e, 2012; centered: Graves,
    "Generating sequences with recurrent neural networks", 2013; as ``torch.optim.RMSprop`` of
    PyTorch 2.13.
    """

    learning_rate: float = 1e-2
    alpha: float = 0.99
    eps: float = 1e-8
    weight_decay: float = 0.0
    momentum: float = 0.0
    centered: bool = False

    def __post_init__(self) -> None:
        take_positive(self, "learning_rate", "eps")
        take_share(self, "alpha", "momentum")
        take_not_negative(self, "weight_decay")
        require(isinstance(self.centered, bool), self, "centered is True or False", self.centered)

    @property
    def equations(self) -> UpdateEquations:
        """The rule; kept are ``square_average`` s, and if asked for a and v.

        Their names are ``gradient_average`` and ``momentum``.
        """
        return rmsprop(self.momentum > 0, self.centered, self.weight_decay > 0)

    @property
    def settings(self) -> dict[Scalar, float]:
        """The numbers of the equations: α, ε, the momentum μ and the weight decay λ."""
        return {
            ALPHA: self.alpha,
            EPSILON: self.eps,
            MU: self.momentum,
            LAMBDA: self.weight_decay,
        }
