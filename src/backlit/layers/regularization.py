"""BatchNorm2d and Dropout: layers that behave differently in training and in evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import ClassVar

from backlit import equations, pure
from backlit.pure.nested import Nested
from backlit.pure.nested import shape as nested_shape

from .base import Layer, Shape, Statement, freeze_number, require_maps
from .call import Call, Gradients

__all__ = [
    "BatchNorm2d",
    "Dropout",
]


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
    family: ClassVar[str] = "normalization"
    letters: ClassVar[Mapping[str, str]] = {
        "weight": "γ",
        "bias": "β",
        "mean": "μ",
        "variance": "σ²",
    }
    modes: ClassVar[tuple[str, str] | None] = (
        "batch norm uses mean and variance of these images",
        "batch norm uses mean and variance of the training",
    )
    needs_batch: ClassVar[bool] = True
    keeps_place: ClassVar[bool] = True
    adds_ways: ClassVar[bool] = True

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

    @property
    def first_values(self) -> Mapping[str, float]:
        """Scales and running variances start at 1, shifts and running means at 0."""
        return {"weight": 1.0, "bias": 0.0, "running_mean": 0.0, "running_variance": 1.0}

    def stated_by(self, shapes: tuple[Shape, ...], training: bool) -> Statement:
        """The function that states it; the equations differ in training and in evaluation."""
        return equations.batch_norm2d, {"training": training, "eps": self.eps}

    def forward(self, call: Call) -> Nested:
        """Y = γ·x̂ + β with the statistics of the batch, or with the running ones."""
        if call.training:
            mean, variance = call.book.batch_norm2d_statistics(call.x)
        else:
            mean, variance = call.buffers["running_mean"], call.buffers["running_variance"]
        call.auxiliary.update(mean=mean, variance=variance)
        gamma, beta = call.parameters["weight"], call.parameters["bias"]
        return call.book.batch_norm2d_forward(call.x, gamma, beta, mean, variance, self.eps)

    def backward(self, call: Call, dy: Nested) -> tuple[list[Nested], Gradients]:
        """dX, dγ and dβ; in training the statistics depend on the batch, else they are fixed."""
        mean = None if call.training else call.auxiliary["mean"]
        variance = None if call.training else call.auxiliary["variance"]
        gamma = call.parameters["weight"]
        dx, dgamma, dbeta = call.book.batch_norm2d_backward(
            dy, call.x, gamma, mean, variance, self.eps
        )
        return [dx], {"weight": dgamma, "bias": dbeta}

    def new_buffers(self, call: Call) -> dict[str, Nested]:
        """Running statistics after this batch; the variance with M/(M − 1), as PyTorch keeps it."""
        images, _, height, width = nested_shape(call.x)
        count = images * height * width
        of_batch = {
            "running_mean": call.auxiliary["mean"],
            "running_variance": [v * count / (count - 1) for v in call.auxiliary["variance"]],
        }
        return {
            name: call.book.running_average(call.buffers[name], value, self.momentum)
            for name, value in of_batch.items()
        }


@dataclass(frozen=True)
class Dropout(Layer):
    """In training Y = M·X/(1 − rate) with a random mask M of 0 and 1; in evaluation Y = X.

    Args:
        rate: the share of numbers that is dropped.
    """

    kind: ClassVar[str] = "dropout"
    family: ClassVar[str] = "dropout"
    letters: ClassVar[Mapping[str, str]] = {"mask": "M"}
    modes: ClassVar[tuple[str, str] | None] = (
        "dropout leaves some numbers out",
        "dropout leaves nothing out",
    )
    is_random: ClassVar[bool] = True
    keeps_place: ClassVar[bool] = True
    stopped: ClassVar[str] = "dropout left it out"

    rate: float = 0.5

    def __post_init__(self) -> None:
        freeze_number(
            self, "rate", "a number of at least 0 and below 1", lambda rate: 0 <= rate < 1
        )

    def is_identity(self, shape: Shape, training: bool) -> bool:
        """In evaluation."""
        return not training

    def stated_by(self, shapes: tuple[Shape, ...], training: bool) -> Statement:
        """The function that states it; in evaluation Y = X."""
        return (equations.dropout, {"rate": self.rate}) if training else (equations.add, {"n": 1})

    def forward(self, call: Call) -> Nested:
        """Y = M·X/(1 − rate) with a mask of the call's key."""
        if not call.training:
            return call.x
        sizes = nested_shape(call.x)
        mask = _reshape(pure.dropout_mask(prod(sizes), self.rate, call.key), sizes)
        call.auxiliary["mask"] = mask
        return call.book.dropout_forward(call.x, mask, self.rate)

    def backward(self, call: Call, dy: Nested) -> tuple[list[Nested], Gradients]:
        """dX = M·dY/(1 − rate)."""
        if not call.training:
            return [dy], {}
        return [call.book.dropout_backward(dy, call.auxiliary["mask"], self.rate)], {}


def _reshape(flat: Nested, sizes: tuple[int, ...]) -> Nested:
    """A flat list cut into nested lists of the given sizes."""
    for size in reversed(sizes[1:]):
        flat = [flat[k : k + size] for k in range(0, len(flat), size)]
    return flat
