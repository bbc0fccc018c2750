"""Numbers for readers: few digits, a real minus sign."""

from __future__ import annotations

import math
from fractions import Fraction

from ..expressions import Number


def format_number(value: Number, digits: int = 4) -> str:
    """A number with at least ``digits`` significant digits: "0.31", "1.2e−5", "10779", "3/4"."""
    if isinstance(value, int):  # also True and False
        text = str(int(value))
    elif isinstance(value, Fraction):
        text = str(value)
    elif math.isinf(value):
        text = "∞" if value > 0 else "-∞"
    elif math.isnan(value):
        text = "NaN"
    else:
        plain = 10**digits <= abs(value) < 1e9  # a long whole number reads better than 1.078e4
        text = _short(f"{value:.0f}" if plain else f"{value:.{digits}g}")
    return text.replace("-", "−")


def _short(text: str) -> str:
    """Without the zeros that say nothing: 1e-05 is 1e-5, -0 is 0."""
    mantissa, e, exponent = text.partition("e")
    if e:
        return f"{mantissa}e{int(exponent)}"
    return "0" if mantissa == "-0" else mantissa
