"""Products of sums, opened: a·(b − c) read as the two terms a·b and −a·c.

Two gradients are written with a bracket because they are best understood so: probability minus
truth, and the three ways back through a batch norm.  To follow one way, it needs a term of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from backlit.equations import ElementEvaluation, Equation
from backlit.equations.expressions import Constant, Expression, Product, Ratio, Total


def evaluate_opened(
    equation: Equation, index: tuple[int, ...], tensors: Mapping[str, Any]
) -> ElementEvaluation:
    """One element of the equation, with a term for each piece of the bracket in it."""
    whole = equation.evaluate(index, tensors)
    pieces = replace(equation, right=opened(equation.right)).evaluate(index, tensors)
    return replace(whole, terms=pieces.terms, total=pieces.total)


def opened(right: Expression) -> Expression:
    """A right-hand side with the bracket in it multiplied out; others stay as they are."""
    match right:
        case Ratio(Total(pieces), below):
            outside: Expression = Ratio(Constant(1), below)
        case Product((outside, Total(pieces))):
            pass
        case _:
            return right
    return Total(tuple((sign, Product((outside, *_factors(piece)))) for sign, piece in pieces))


def _factors(piece: Expression) -> tuple[Expression, ...]:
    return piece.factors if isinstance(piece, Product) else (piece,)
