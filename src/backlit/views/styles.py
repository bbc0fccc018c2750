"""How the pieces of a page look, apart from the letters of equations (see :mod:`.palette`).

Nothing is told by color alone: a number carries its own sign, a marked cell its brackets.
"""

from __future__ import annotations

from .palette import BLUE, ORANGE

HEADING = "bold"
STRONG = "bold"
FAINT = "dim"
POSITIVE = ORANGE
NEGATIVE = BLUE


def sign_style(value: float, largest: float) -> str:
    """The style of a number by its sign; bold where it is large among its kind."""
    if not abs(value) > 0:  # 0 and NaN
        return FAINT
    hue = POSITIVE if value > 0 else NEGATIVE
    return f"bold {hue}" if abs(value) > largest / 2 else hue
