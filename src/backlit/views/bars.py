"""Bars: how large a number is among its kind."""

from __future__ import annotations

from math import isfinite

from .page import Cell
from .styles import sign_style

_LONGEST = 12


def bar(value: float, largest: float) -> Cell:
    """A bar as long as the number is large; its shade tells the sign once more."""
    if not (largest and isfinite(value) and isfinite(largest)):
        return Cell("", left=True)
    length = round(_LONGEST * abs(value) / largest)
    return Cell(("█" if value > 0 else "▒") * length, sign_style(value, largest), left=True)
