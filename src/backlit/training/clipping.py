"""Gradient clipping: one wild batch must not throw the weights far away."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from .optimizers.base import Array


def global_norm(gradients: Mapping[str, Array]) -> float:
    """‖g‖ = √(Σ g²) over all numbers of all gradients, added up in float64."""
    largest = _largest(gradients)
    if not 0 < largest < math.inf:
        return largest
    # In units of the largest number no square overflows, so that ‖g‖ is right however large it is.
    return largest * _norm({name: each / largest for name, each in gradients.items()})


def clipped(gradients: Mapping[str, Array], limit: float | None) -> Mapping[str, Array]:
    """All gradients times min(1, limit/‖g‖): the same direction, at most ``limit`` long.

    With ``limit=None`` they stay as they are.

    Source: Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks",
    2013, algorithm 1.  ``torch.nn.utils.clip_grad_norm_`` adds 10⁻⁶ to ‖g‖; this does not.
    """
    if limit is None:
        return gradients
    largest = _largest(gradients)
    if largest == 0:
        return gradients
    scaled = {name: each / largest for name, each in gradients.items()}
    norm = _norm(scaled)  # in units of the largest number, as above
    if norm <= limit / largest:
        return gradients
    return {name: each * (limit / norm) for name, each in scaled.items()}


def _norm(gradients: Mapping[str, Array]) -> float:
    squares = (np.square(each, dtype=np.float64).sum() for each in gradients.values())
    return math.sqrt(math.fsum(map(float, squares)))


def _largest(gradients: Mapping[str, Array]) -> float:
    return max((float(np.abs(each).max(initial=0)) for each in gradients.values()), default=0.0)
