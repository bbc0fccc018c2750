"""Activation layers: a bend after each layer, number by number; see backlit.pure.activations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .base import Layer, freeze_number


@dataclass(frozen=True)
class ReLU(Layer):
    """A = max(Z, 0), slope [Z > 0]."""

    kind: ClassVar[str] = "relu"


@dataclass(frozen=True)
class LeakyReLU(Layer):
    """A = Z if Z > 0 else a·Z, slope 1 or a.

    Args:
        slope: a, the slope for negative numbers.
    """

    kind: ClassVar[str] = "leakyrelu"

    slope: float = 0.01

    def __post_init__(self) -> None:
        freeze_number(self, "slope", "a finite number")


@dataclass(frozen=True)
class ELU(Layer):
    """A = Z if Z > 0 else α(e^Z − 1), slope 1 or A + α.

    Args:
        alpha: α, the level that very negative numbers settle at (with a minus).
    """

    kind: ClassVar[str] = "elu"

    alpha: float = 1.0

    def __post_init__(self) -> None:
        freeze_number(self, "alpha", "a finite number")


@dataclass(frozen=True)
class Sigmoid(Layer):
    """A = σ(Z) = 1/(1 + e^−Z), slope A(1 − A)."""

    kind: ClassVar[str] = "sigmoid"


@dataclass(frozen=True)
class Tanh(Layer):
    """A = tanh Z, slope 1 − A²."""

    kind: ClassVar[str] = "tanh"


@dataclass(frozen=True)
class GELU(Layer):
    """A = Z·Φ(Z), slope Φ(Z) + Z·φ(Z); Φ and φ of the standard normal distribution."""

    kind: ClassVar[str] = "gelu"


@dataclass(frozen=True)
class SiLU(Layer):
    """A = Z·σ(Z), slope σ(Z)(1 + Z(1 − σ(Z)))."""

    kind: ClassVar[str] = "silu"
