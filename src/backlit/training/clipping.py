"""Gradient clipping: one wild batch must not throw the weights far away."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from backlit.network.flat import FlatArrays

from .optimizers.base import Array


def global_norm(gradients: Mapping[str, Array]) -> float:
    """‖g‖ = √(Σ g²) over all numbers of all gradients, added up in float64."""
    largest = _largest(gradients)
    if not 0 < largest < math.inf:
        return largest
    # In units of the largest number no square overflows, so that ‖g‖ is right however large it is.
    return largest * _norm({name: each / largest for name, each in gradients.items()})


def clip_gradients(gradients: Mapping[str, Array], limit: float) -> None:
    """Multiply all gradients by min(1, limit/‖g‖), in place.

    They keep their direction and are together at most ``limit`` long.  Gradients that are not
    finite have no length, and stay as they are.

    Source: Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks",
    2013, algorithm 1.  ``torch.nn.utils.clip_grad_norm_`` adds 10⁻⁶ to ‖g‖; this does not.
    """
    largest = _largest(gradients)
    if not 0 < largest < math.inf:
        return
    if isinstance(gradients, FlatArrays):  # one row: one operation for all of them
        rows = [gradients.flat]
        scaled = [gradients.flat / largest]
        arrays: Mapping[str, Array] = gradients.split(scaled[0])
    else:
        rows = list(gradients.values())
        scaled = [row / largest for row in rows]
        arrays = dict(zip(gradients, scaled, strict=True))
    norm = _norm(arrays)  # in units of the largest number, as above
    if norm > limit / largest:
        for row, each in zip(rows, scaled, strict=True):
            np.multiply(each, limit / norm, out=row)


def _norm(gradients: Mapping[str, Array]) -> float:
    squares = (np.square(each, dtype=np.float64).sum() for each in gradients.values())
    return math.sqrt(math.fsum(map(float, squares)))


def _largest(gradients: Mapping[str, Array]) -> float:
    """The largest size of a number; NaN if there is one."""
    sizes = [float(np.abs(each).max(initial=0)) for each in gradients.values()]
    return math.nan if any(map(math.isnan, sizes)) else max(sizes, default=0.0)
