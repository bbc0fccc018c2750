"""How far a sum of terms may lie from the engine's own value, and how far it does.

Adding up K products in floating point, in whatever order, leaves an error of at most
K·u·Σ|terms| (to first order; u is half of eps, the distance from 1 to the next number, and an
operation more or less inside a term counts like a term).  Two such sums, ours and the engine's, lie

    at most     (K + m)·eps·Σ|terms|
    usually     √(K + m)·eps·Σ|terms|

apart: errors of either sign mostly cancel.  m is the number of operations inside one term.

The same holds inside a term: 1 − tanh²X far out is a small number made of two large ones, and so is
the logarithm of a probability close to 1.  :func:`inside_layer` and :func:`inside_softmax` say how
large such numbers are; their sizes are added to Σ|terms|.

The page follows the same rule: ``agreement`` and ``inside`` in ``web/front/agreement.js``.
``tests/web/test_parity.py`` holds both equal, number by number.

Sources: N. Higham, "Accuracy and Stability of Numerical Algorithms", 2002, chapter 4; N. Higham
and T. Mary, "A new approach to probabilistic rounding error analysis", 2019.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan, sqrt
from typing import Any

import numpy as np

from backlit.equations import format_number
from backlit.layers import Layer
from backlit.network.engine import Array

from .words import json_number

_OPERATIONS = 16  # m: no term here takes more; a function such as exp counts for four


@dataclass(frozen=True)
class Agreement:
    """How far the sum of a number's terms lies from the value that the engine computed.

    Attributes:
        total: the terms, added up here.
        engine: what the engine computed in the pass itself.
        usual: how far apart rounding usually puts them.
        bound: how far apart rounding can put them.
    """

    total: float
    engine: float
    usual: float
    bound: float

    @property
    def difference(self) -> float:
        """The distance |total − engine|; 0 also where both are NaN or the same infinity."""
        both_nan = isnan(self.total) and isnan(self.engine)
        same = both_nan or self.total == self.engine
        return 0.0 if same else abs(self.total - self.engine)

    @property
    def relative(self) -> float:
        """The difference in units of the engine's value; 0 where there is no difference."""
        if self.difference == 0:
            return 0.0
        return self.difference / abs(self.engine) if self.engine else float("inf")

    @property
    def holds(self) -> bool:
        """Whether rounding explains the difference: it is at most :attr:`bound`."""
        return self.difference == 0 or self.difference <= self.bound

    @property
    def verdict(self) -> str:
        """What rounding has to do with the difference, in words."""
        bound = format_number(self.bound, 2)
        if self.holds:
            return f"rounding may make up to {bound}"
        return f"more than the {bound} that rounding can make"

    def to_dict(self) -> dict[str, Any]:
        """For JSON: the fields, ``difference``, ``relative`` and ``holds``."""
        return {
            "total": json_number(self.total),
            "engine": json_number(self.engine),
            "difference": json_number(self.difference),
            "relative": json_number(self.relative),
            "usual": json_number(self.usual),
            "bound": json_number(self.bound),
            "holds": self.holds,
        }


def agreement(
    total: float, engine: float, size: float, terms: int, dtype: np.dtype[Any]
) -> Agreement:
    """Compare a total with the engine's value.

    Args:
        total: the terms added up.
        engine: the engine's value.
        size: Σ|terms|, and the sizes of what cancels inside them.
        terms: K, how many they are.
        dtype: what the engine computes in.
    """
    unit = size * float(np.finfo(dtype).eps)
    count = terms + _OPERATIONS
    return Agreement(total, engine, usual=sqrt(count) * unit, bound=count * unit)


def inside_layer(
    layer: Layer, tensors: Mapping[str, Array], role: str, index: Sequence[int]
) -> float:
    """How large the numbers are that cancel inside the terms of one of a layer's equations.

    Args:
        layer: the layer.
        tensors: its arrays by letter.
        role: what the equation gives: "output", "error" (of its input) or "parameter" (the
            gradient of one).
        index: which element of that.
    """
    scale = layer.function_scale
    if scale is not None:
        error = 1.0 if role == "output" else abs(float(tensors["dY"][*index]))
        return error * scale * (1 + abs(float(tensors["X"][*index])))
    if layer.family == "normalization":
        return _inside_batch_norm(tensors, role, index, getattr(layer, "eps", 0.0))
    return 0.0


def inside_softmax(scores: Array) -> float:
    """How large the numbers are that cancel inside probabilities and the loss.

    They are made of e^Z and ln Σ e^Z: an error of eps·|Z| in the exponent is one of that share in
    the result.
    """
    return 1 + 2 * float(np.abs(scores).max())


def _inside_batch_norm(
    tensors: Mapping[str, Array], role: str, index: Sequence[int], eps: float
) -> float:
    """X − μ, divided by the root, wherever it is a factor."""
    c = index[0] if role == "parameter" else index[1]
    root = sqrt(float(tensors["σ²"][c]) + eps)
    if role == "parameter":
        sizes = np.abs(tensors["X"][:, c]) + abs(tensors["μ"][c])
        return float((np.abs(tensors["dY"][:, c]) * sizes).sum()) / root
    normalized = (abs(float(tensors["X"][*index])) + abs(float(tensors["μ"][c]))) / root
    scale = abs(float(tensors["γ"][c]))
    if role == "output":
        return scale * normalized
    count = tensors["X"].size / tensors["X"].shape[1]
    return float(scale / root / count * normalized * abs(float(tensors["dγ"][c])))
