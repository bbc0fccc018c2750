"""What counts as a number where somebody may give anything: an option, a key of a file, a request.

``True`` is a number to Python, and never what was meant.  Numbers of NumPy count as Python's do.
"""

from __future__ import annotations

import math
from numbers import Integral, Real


def is_whole(value: object) -> bool:
    """Whether ``value`` is a whole number."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def is_count(value: object) -> bool:
    """Whether ``value`` is a whole number from 1 upwards."""
    return is_whole(value) and value >= 1  # type: ignore[operator]


def is_number(value: object) -> bool:
    """Whether ``value`` is a real number; NaN and the infinite ones are."""
    return isinstance(value, Real) and not isinstance(value, bool)


def is_finite(value: object) -> bool:
    """Whether ``value`` is a real number that a float can hold, neither infinite nor NaN."""
    try:
        return is_number(value) and math.isfinite(value)  # type: ignore[arg-type]
    except OverflowError:  # an int that no float can hold
        return False


def is_positive(value: object) -> bool:
    """Whether ``value`` is a finite number above 0."""
    return is_finite(value) and value > 0  # type: ignore[operator]
