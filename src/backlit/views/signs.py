"""Signs in an equation that a reader may not know yet: Σ, and brackets such as [X > 0]."""

from __future__ import annotations

from backlit.equations import Equation
from backlit.equations.conditions import phrase
from backlit.equations.expressions import Indicator, Sum, descendants
from backlit.system.words import listing

NORMALIZED = "normalized: (pixel − mean) / spread of the training pictures"


def signs(equation: Equation) -> dict[str, str]:
    """Each sign with what it means, in the order of the equation."""
    shown = equation.written or equation
    found: dict[str, str] = {}
    for each in descendants(shown.right):
        match each:
            case Sum(loops=loops):
                letters = listing([loop.letter.symbol for loop in loops])
                found.setdefault("Σ", f"the sum over all values of {letters}")
            case Indicator():
                sign = phrase(each).text()
                found[sign] = f"1 where {sign[1:-1]}, else 0"
    return found
