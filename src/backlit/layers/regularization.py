"""BatchNorm2d and Dropout: layers that behave differently in training and in evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .base import Layer, Shape, freeze_number, require_maps


@dataclass(frozen=True)
class BatchNorm2d(Layer):
    """Y = γ·(X − μ)/√(σ² + ε) + β for each channel.

    Parameters: ``weight`` (γ) and ``bias`` (β), both (C).  Buffers: ``running_mean`` and
    ``running_variance``, which evaluation uses; training uses the batch's own and moves the
    running ones towards them (the variance with M/(M − 1), as PyTorch does).

    Args:
        eps: ε, keeps the root away from 0.
        momentum: how far the running statistics move at each step.
    """

    kind: ClassVar[str] = "batchnorm"

    eps: float = 1e-5
    momentum: float = 0.1

    def __post_init__(self) -> None:
        freeze_number(self, "eps", "a number above 0", lambda eps: eps > 0)
        freeze_number(self, "momentum", "a number from 0 to 1", lambda share: 0 <= share <= 1)

    def output_shape(self, shape: Shape) -> Shape:
        """The shape that went in."""
        require_maps(self, shape)
        return shape

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        """``weight`` (γ) and ``bias`` (β), one number for each channel."""
        return {"weight": shape[:1], "bias": shape[:1]}

    def buffer_shapes(self, shape: Shape) -> dict[str, Shape]:
        """``running_mean`` and ``running_variance``, one number for each channel."""
        return {"running_mean": shape[:1], "running_variance": shape[:1]}


@dataclass(frozen=True)
class Dropout(Layer):
    """In training Y = M·X/(1 − rate) with a random mask M of 0 and 1; in evaluation Y = X.

    Args:
        rate: the share of numbers that is dropped.
    """

    kind: ClassVar[str] = "dropout"

    rate: float = 0.5

    def __post_init__(self) -> None:
        freeze_number(
            self, "rate", "a number of at least 0 and below 1", lambda rate: 0 <= rate < 1
        )
