"""Checks of the options of optimizers, schedules and callbacks: one sentence for each mistake.

Numbers are stored as plain Python floats.  Those of NumPy would turn float32 arrays into float64.
"""

from __future__ import annotations

from collections.abc import Callable

from backlit.errors import ConfigurationError
from backlit.system.numbers import is_count, is_finite


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
    require(is_finite(value) and holds(value), owner, f"{name} must be {expected}", value)
    object.__setattr__(owner, name, float(value))


def take_count(owner: object, *names: str) -> None:
    """Make sure that the named options are whole numbers from 1 upwards, stored as ints."""
    for name in names:
        value = getattr(owner, name)
        require(is_count(value), owner, f"{name} must be a whole number of at least 1", value)
        object.__setattr__(owner, name, int(value))
