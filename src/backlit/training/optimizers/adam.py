"""Adam and AdamW: a step size of its own for every weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from backlit.training.options import take_not_negative, take_positive, take_share

from .base import Array, Optimizer, State


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

    elementwise: ClassVar[bool] = True

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
    def state_names(self) -> tuple[str, ...]:
        """``first_moment`` m, ``second_moment`` s, and ``step`` t."""
        return ("first_moment", "second_moment", "step")

    def initial_state(self, value: Array) -> State:
        """Zeros; the step is a single number."""
        return {**super().initial_state(value), "step": np.zeros((), np.int64)}

    def _rule(
        self, value: Array, gradient: Array, state: State, rate: float
    ) -> tuple[Array, State]:
        if self.weight_decay:
            gradient = gradient + self.weight_decay * value
        return self._adaptive_step(gradient, state, rate)

    def _adaptive_step(self, gradient: Array, state: State, rate: float) -> tuple[Array, State]:
        """ΔW = −η·m̂/(√ŝ + ε)."""
        m = self.beta1 * state["first_moment"] + (1 - self.beta1) * gradient
        s = self.beta2 * state["second_moment"] + (1 - self.beta2) * gradient * gradient
        t = int(state["step"]) + 1
        root = np.sqrt(s) / (1 - self.beta2**t) ** 0.5
        delta = -rate / (1 - self.beta1**t) * m / (root + self.eps)
        step = np.array(t, np.int64)
        return delta, {"first_moment": m, "second_moment": s, "step": step}


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

    def _rule(
        self, value: Array, gradient: Array, state: State, rate: float
    ) -> tuple[Array, State]:
        delta, state = self._adaptive_step(gradient, state, rate)
        return delta - rate * self.weight_decay * value, state
