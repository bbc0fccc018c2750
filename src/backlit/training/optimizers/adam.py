"""Adam and AdamW: a step size of its own for every weight."""

from __future__ import annotations

from dataclasses import dataclass

from backlit.equations.expressions import Scalar
from backlit.equations.optimizers import BETA1, BETA2, EPSILON, LAMBDA, adam, adamw
from backlit.equations.update_equations import UpdateEquations
from backlit.training.options import take_not_negative, take_positive, take_share

from .base import Optimizer


@dataclass(frozen=True)
class Adam(Optimizer):
    """Adam: the average gradient, divided by the root of the average squared gradient.

        m ← β₁·m + (1 − β₁)·g          s ← β₂·s + (1 − β₂)·g²          both begin at 0
        ΔW = −η · m̂/(√ŝ + ε)           m̂ = m/(1 − β₁ᵗ),  ŝ = s/(1 − β₂ᵗ)

    t counts this parameter's updates from 1; dividing by 1 − βᵗ takes out the bias towards the
    zeros at the beginning.  With weight decay g ← g + λ·W comes first (so it is scaled like a
    gradient; :class:`AdamW` keeps it apart).

    Args:
        learning_rate: η, about the largest change of a weight in one step.
        beta1: β₁, how slowly the average gradient forgets, 0 ≤ β₁ < 1.
        beta2: β₂, how slowly the average square forgets, 0 ≤ β₂ < 1.
        eps: ε.
        weight_decay: λ.

    Raises:
        ConfigurationError: a number out of its range.

    Sources: Kingma and Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1;
    as ``torch.optim.Adam`` of PyTorch 2.13 with ``amsgrad=False``.
    """

    learning_rate: float = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        take_positive(self, "learning_rate", "eps")
        take_share(self, "beta1", "beta2")
        take_not_negative(self, "weight_decay")

    @property
    def equations(self) -> UpdateEquations:
        """The rule; kept are ``first_moment`` m, ``second_moment`` s, and ``step`` t."""
        return adam(self.weight_decay > 0)

    @property
    def settings(self) -> dict[Scalar, float]:
        """The numbers of the equations: β₁, β₂, ε and the weight decay λ."""
        return {
            BETA1: self.beta1,
            BETA2: self.beta2,
            EPSILON: self.eps,
            LAMBDA: self.weight_decay,
        }


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with decoupled weight decay:  ΔW = −η·λ·W − η·m̂/(√ŝ + ε).

    The decay does not pass through the averages: every weight shrinks by the same share, however
    large its gradients are.  m̂ and ŝ as in :class:`Adam`, from the plain gradient.

    Args:
        learning_rate: η.
        beta1: β₁.
        beta2: β₂.
        eps: ε.
        weight_decay: λ.

    Raises:
        ConfigurationError: a number out of its range.

    Sources: Loshchilov and Hutter, "Decoupled weight decay regularization", 2019, algorithm 2;
    as ``torch.optim.AdamW`` of PyTorch 2.13.
    """

    weight_decay: float = 1e-2

    @property
    def equations(self) -> UpdateEquations:
        """The rule; what is kept is as in :class:`Adam`."""
        return adamw(self.weight_decay > 0)
