"""The functions of mathematics that equations name, as plain Python."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from .expressions import Number


def _exp(x: Number) -> float:
    """e^x; beyond the largest float it is infinite, not an error."""
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _expm1(x: Number) -> float:
    """e^x − 1, exact to the last digits around 0 as well; infinite like e^x."""
    try:
        return math.expm1(x)
    except OverflowError:
        return math.inf


def power(base: Any, exponent: Any) -> Any:
    """base^exponent; beyond the largest float it is infinite, with the sign that it would have."""
    try:
        return base**exponent
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf


def _log(x: Number) -> float:
    """ln x; −∞ at 0, NaN below."""
    if x < 0:
        return math.nan
    return math.log(x) if x else -math.inf


def _log1p(x: Number) -> float:
    """ln(1 + x), exact to the last digits around 0 as well; −∞ at −1, NaN below."""
    if x < -1:
        return math.nan
    return math.log1p(x) if x != -1 else -math.inf


def _sigmoid(x: Number) -> float:
    """1/(1 + e^(−x)), exact to the last digits on both sides."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else (e := math.exp(x)) / (1 + e)


def _sqrt(x: Number) -> Number:
    """√x, NaN of what is below 0; of a fraction whose parts are squares it is exact."""
    if x < 0:
        return math.nan
    if isinstance(x, Fraction | int):
        x = Fraction(x)
        above, below = math.isqrt(x.numerator), math.isqrt(x.denominator)
        if (above**2, below**2) == (x.numerator, x.denominator):
            return Fraction(above, below)
    return math.sqrt(x)


def _largest(*numbers: Number) -> Number:
    """The first of the largest; a NaN wins, so that it is not lost."""
    return next((x for x in numbers if x != x), max(numbers))


def _smallest(*numbers: Number) -> Number:
    """The first of the smallest; a NaN wins here, too."""
    return next((x for x in numbers if x != x), min(numbers))


FUNCTIONS: dict[str, Callable[..., Number]] = {
    "exp": _exp,
    "log": _log,
    "log1p": _log1p,
    "sqrt": _sqrt,
    "tanh": math.tanh,
    "expm1": _expm1,
    "erfc": math.erfc,
    "sigmoid": _sigmoid,
    "max": _largest,
    "min": _smallest,
}
