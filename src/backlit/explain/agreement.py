"""How far a sum of terms may lie from the engine's own value, and how far it does.

Adding up K products in floating point, in whatever order, leaves an error of at most
K·u·Σ|terms| (to first order; u is half of eps, the distance from 1 to the next number, and an
operation more or less inside a term counts like a term).  Two such sums, ours and the engine's, lie

    at most     (K + m)·eps·Σ|terms|
    usually     √(K + m)·eps·Σ|terms|

apart: errors of either sign mostly cancel.  m is the number of operations inside one term.

Sources: N. Higham, "Accuracy and Stability of Numerical Algorithms", 2002, chapter 4; N. Higham
and T. Mary, "A new approach to probabilistic rounding error analysis", 2019.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, sqrt
from typing import Any

import numpy as np

from backlit.equations import format_number

from .words import json_number

_OPERATIONS = 16  # m: no term here takes more; a function such as exp counts for four


@dataclass(frozen=True)
class Agreement:
    """Two ways to one number.

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
        """|total − engine|; 0 also where both are infinite, or both NaN."""
        both_nan = isnan(self.total) and isnan(self.engine)
        same = both_nan or self.total == self.engine
        return 0.0 if same else abs(self.total - self.engine)

    @property
    def relative(self) -> float:
        """The difference in units of the engine's value; 0 where there is none."""
        if self.difference == 0:
            return 0.0
        return self.difference / abs(self.engine) if self.engine else float("inf")

    @property
    def holds(self) -> bool:
        """Whether rounding explains the difference."""
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
        size: Σ|terms|, see :mod:`.rounding`.
        terms: K, how many they are.
        dtype: what the engine computes in.
    """
    unit = size * float(np.finfo(dtype).eps)
    count = terms + _OPERATIONS
    return Agreement(total, engine, usual=sqrt(count) * unit, bound=count * unit)
