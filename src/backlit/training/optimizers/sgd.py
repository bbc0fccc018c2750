"""SGD: downhill, with or without momentum."""

from __future__ import annotations

from dataclasses import dataclass

from backlit.equations.expressions import Scalar
from backlit.equations.optimizers import LAMBDA, MU, sgd
from backlit.equations.update_equations import UpdateEquations
from backlit.training.options import require, take_not_negative, take_positive, take_share

from .base import Optimizer


@dataclass(frozen=True)
class SGD(Optimizer):
    """Stochastic gradient descent:  ΔW = −η·g.

    With weight decay g ← g + λ·W comes first.  With momentum μ a velocity v, which begins at 0,
    takes the gradient's place:

        v ← μ·v + g
        ΔW = −η·v                 Nesterov:  ΔW = −η·(g + μ·v)

    The learning rate stands outside the velocity, so a schedule acts at once on all of it.

    Args:
        learning_rate: η.
        momentum: μ, 0 ≤ μ < 1.
        nesterov: look ahead by one velocity.
        weight_decay: λ.

    Raises:
        ConfigurationError: a number out of its range; nesterov without momentum.

    Sources: Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum
    in deep learning", 2013; the form with η outside is that of PyTorch 2.13's ``torch.optim.SGD``
    with ``dampening=0``.
    """

    learning_rate: float
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        take_positive(self, "learning_rate")
        take_share(self, "momentum")
        take_not_negative(self, "weight_decay")
        require(isinstance(self.nesterov, bool), self, "nesterov is True or False", self.nesterov)
        require(
            not self.nesterov or self.momentum > 0,
            self,
            "nesterov needs a momentum above 0",
            self.momentum,
        )

    @property
    def equations(self) -> UpdateEquations:
        """The rule; what is kept is ``momentum``, the velocity v, if there is a momentum."""
        return sgd(self.momentum > 0, self.nesterov, self.weight_decay > 0)

    @property
    def settings(self) -> dict[Scalar, float]:
        """The numbers of the equations: the momentum μ and the weight decay λ."""
        return {MU: self.momentum, LAMBDA: self.weight_decay}
