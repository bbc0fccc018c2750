"""RMSprop: each gradient divided by its usual size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from backlit.training.options import require, take_not_negative, take_positive, take_share

from .base import Array, Optimizer, State


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

    elementwise: ClassVar[bool] = True

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
    def state_names(self) -> tuple[str, ...]:
        """``square_average`` s and, where asked for, ``gradient_average`` a and ``momentum`` v."""
        centered = ("gradient_average",) if self.centered else ()
        return ("square_average", *centered, *(("momentum",) if self.momentum else ()))

    def _rule(
        self, value: Array, gradient: Array, state: State, rate: float
    ) -> tuple[Array, State]:
        if self.weight_decay:
            gradient = gradient + self.weight_decay * value
        new = {"square_average": self._average(state["square_average"], gradient * gradient)}
        spread = new["square_average"]
        if self.centered:
            new["gradient_average"] = self._average(state["gradient_average"], gradient)
            # Rounding may leave a variance of 0 a little below it.
            spread = np.maximum(spread - new["gradient_average"] ** 2, 0)
        direction = gradient / (np.sqrt(spread) + self.eps)
        if self.momentum:
            direction = new["momentum"] = self.momentum * state["momentum"] + direction
        return -rate * direction, new

    def _average(self, old: Array, new: Array) -> Array:
        average: Array = self.alpha * old + (1 - self.alpha) * new
        return average
