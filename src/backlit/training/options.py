"""Checks of the options of optimizers, schedules and callbacks: one sentence for each mistake.

Numbers are stored as plain Python floats.  Those of NumPy would turn float32 arrays into float64.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from numbers import Integral, Real

from backlit.errors import ConfigurationError


def require(holds: bool, owner: object, expected: str, came: object) -> None:
    """Raise a ConfigurationError that says what an option should be and what came."""
    if not holds:
        name = getattr(owner, "called", type(owner).__name__)
        raise ConfigurationError(f"{name}: {expected}, got {came!r}")


def take_positive(owner: object, *names: str) -> None:
    """Make sure that the named options are numbers above 0, and store them as floats."""
    for name in names:
        _take(owner, name, "a number above 0", lambda value: value > 0)


def take_not_negative(owner: object, *names: str) -> None:
    """Make sure that the named options are numbers from 0 upwards, and store them as floats."""
    for name in names:
        _take(owner, name, "a number of at least 0", lambda value: value >= 0)


def take_share(owner: object, *names: str) -> None:
    """Make sure that the named options are numbers from 0 to below 1, and store them as floats."""
    for name in names:
        _take(owner, name, "a number of at least 0 and below 1", lambda value: 0 <= value < 1)


def _take(owner: object, name: str, expected: str, holds: Callable[[float], bool]) -> None:
    value = getattr(owner, name)
    usable = isinstance(value, Real) and not isinstance(value, bool)
    try:
        number = float(value) if usable else math.nan
    except OverflowError:  # an int that no float can hold
        number = math.inf
    fits = math.isfinite(number) and holds(number)
    require(fits, owner, f"{name} must be {expected}", value)
    object.__setattr__(owner, name, number)


def take_count(owner: object, *names: str) -> None:
    """Make sure that the named options are whole numbers from 1 upwards, stored as ints."""
    for name in names:
        value = getattr(owner, name)
        whole = isinstance(value, Integral) and not isinstance(value, bool)
        require(
            whole and int(value) >= 1, owner, f"{name} must be a whole number of at least 1", value
        )
        object.__setattr__(owner, name, int(value))
