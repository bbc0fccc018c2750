"""An equation with numbers put in: ``dW[0,0,1,2] = 0.31·(−0.02) + … = 0.01``."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from .expressions import Expression, Maximum, Number, Product, Sum, Total
from .tensors import Reference
from .terms import ElementEvaluation, Factor, Term
from .typeset import Layout, Phrase, format_number
from .typeset.arrange import Arranger, Numbers, tensor_name
from .typeset.layout import Applied, Digits, Element, Fenced, Operator, Words, row

if TYPE_CHECKING:
    from .equation import Equation


def with_numbers(
    equation: Equation, evaluation: ElementEvaluation, limit: int, digits: int
) -> Phrase:
    """See :meth:`.Equation.with_numbers`."""
    writer = _NumberWriter(limit, digits)
    total = writer.number(evaluation.total)
    parts = [_left(equation.left, evaluation.index), Operator(equation.relation)]
    middle = writer.right(equation.right, evaluation)
    if middle not in (total, Fenced("()", total)):
        parts += [middle, Operator("=")]
    return Phrase(row(*parts, total))


def _left(left: Reference, index: tuple[int, ...]) -> Layout:
    name = tensor_name(left.tensor)
    return Element(name, tuple(Digits(str(each)) for each in index)) if index else name


class _NumberWriter:
    """Puts numbers where the letters were.

    Args:
        limit: the longest sum that is written out.
        digits: significant digits.
    """

    def __init__(self, limit: int, digits: int) -> None:
        self._limit = max(limit, 1)
        self._digits = digits

    def number(self, value: Number) -> Layout:
        """A number that stands for itself."""
        return Digits(format_number(value, self._digits))

    def right(self, expression: Expression, evaluation: ElementEvaluation) -> Layout:
        """The right-hand side: a sum term by term, anything else as it was written."""
        if isinstance(expression, Maximum):
            return self._maximum(evaluation.candidates)
        if _is_long(expression):
            return self._terms(evaluation.terms)
        numbers = Numbers(evaluation.values, evaluation.chosen, self._digits)
        return Arranger(numbers=numbers).layout(expression)

    def _terms(self, terms: Sequence[Term]) -> Layout:
        """``0.31·(−0.02) + 0.5·0.1 + … 7 more``."""
        if not terms:
            return Digits("0")
        parts: list[Layout] = []
        for term in terms[: self._limit]:
            factors = [factor for factor in term.factors if factor.symbol != "−1"]
            negative = len(factors) < len(term.factors)
            if negative:
                parts.append(Operator("−", tight=not parts))
            elif parts:
                parts.append(Operator("+"))
            parts.append(self._product(factors, alone=not parts))
        return row(*parts, *self._more(len(terms), Operator("+")))

    def _product(self, factors: Sequence[Factor], alone: bool) -> Layout:
        parts: list[Layout] = []
        for factor in factors:
            if parts:
                parts.append(Operator("·", tight=True))
            first = alone and not parts
            parts.append(self._bracketed(factor.value, first, several=len(factors) > 1))
        return row(*parts)

    def _bracketed(self, value: Number, first: bool, several: bool) -> Layout:
        """A number in brackets where its sign or its fraction bar could be misread."""
        fraction = isinstance(value, Fraction) and value.denominator != 1
        needed = (value < 0 and not first) or (fraction and several)
        return Fenced("()", self.number(value)) if needed else self.number(value)

    def _maximum(self, candidates: Sequence[Term]) -> Layout:
        numbers = tuple(self.number(term.product) for term in candidates[: self._limit])
        more = len(candidates) - len(numbers)
        rest = (Words(f"… {more:,} more"),) if more else ()
        return Applied("max", (*numbers, *rest))

    def _more(self, count: int, operator: Operator) -> tuple[Layout, ...]:
        more = count - self._limit
        return (operator, Words(f"… {more:,} more")) if more > 0 else ()


def _is_long(expression: Expression) -> bool:
    """Whether the terms are the equation: a sum, with or without something beside it."""
    match expression:
        case Sum():
            return True
        case Total(parts):
            return any(_is_long(part) for _, part in parts)
        case Product(factors):
            return any(isinstance(factor, Sum) for factor in factors)
    return False
