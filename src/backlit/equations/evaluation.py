"""Evaluate one element of an equation into the terms whose sum it is.

Only the element's own terms are visited (see :mod:`.visiting`), in loop order.  The rules:

* a sum gives one term for each visited place; a factor beside it goes into every term;
* parts that are added give their terms one after the other, a minus is a factor −1;
* anything else is a single term.

With integers and fractions all arithmetic is exact; with floats it is that of Python floats, also
for arrays of less precision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any, SupportsIndex

from ..errors import ConfigurationError, ShapeError
from ..system.numbers import is_whole
from .addressing import check_place, named_indices, whole_index
from .expressions import (
    Cases,
    Comparison,
    Constant,
    Expression,
    FunctionCall,
    Indicator,
    Maximum,
    Number,
    Power,
    Product,
    Ratio,
    Scalar,
    Sum,
    Total,
    WholeNumber,
    Wins,
)
from .functions import FUNCTIONS, power
from .indices import IndexExpression
from .reading import Reader, find, is_exact, missing_tensor, reader
from .sizes import missing_size, resolve, shape_of
from .tensors import Reference, Tensor
from .terms import ElementEvaluation, Factor, Term
from .typeset import plain_text
from .visiting import Values, Visit

if TYPE_CHECKING:
    from .equation import Equation

_RELATIONS = {
    "=": lambda a, b: a == b,
    "≠": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    "≥": lambda a, b: a >= b,
}


def evaluate(
    equation: Equation,
    index: Sequence[SupportsIndex],
    tensors: Mapping[str, Any],
    sizes: Mapping[str, Number] | None = None,
) -> ElementEvaluation:
    """One element of the equation's left-hand side; see :meth:`.Equation.evaluate`."""
    return Evaluator(equation, tensors, dict(sizes or {})).element(whole_index(index))


class Evaluator:
    """An equation with the numbers that are put into it."""

    def __init__(
        self,
        equation: Equation,
        tensors: Mapping[str, Any],
        given: Mapping[str, Number],
        totals: dict[tuple[str, tuple[int, ...]], Number] | None = None,
    ) -> None:
        self._equation = equation
        self._tensors = tensors
        self._given = given
        whole = {symbol: int(value) for symbol, value in given.items() if is_whole(value)}
        self._sizes = resolve(tensors, equation.vocabulary, equation.definitions, whole)
        self._sources = {source.left.tensor.symbol: source for source in equation.sources}
        self._exact = is_exact(tensors)
        self._readers: dict[str, Reader] = {}
        self._totals = {} if totals is None else totals
        self._place: tuple[int, ...] = ()
        self._outside: Values = {}
        self._forget()

    def _forget(self) -> None:
        """Begin with an element: nothing is known of it yet."""
        self._noted: dict[Expression, Number] = {}
        self._chosen: dict[Cases, Expression] = {}
        self._possible = self._visited = 0
        self._candidates: list[Term] = []

    def element(self, index: tuple[int, ...]) -> ElementEvaluation:
        """One element and its terms."""
        self._forget()
        self._place = index
        self._outside = {**self._sizes, **named_indices(self._equation.left, index, self._sizes)}
        try:
            terms = self._terms(self._equation.right, self._outside)
        except KeyError as missing:
            raise missing_size(str(self._equation), missing.args[0]) from None
        except ZeroDivisionError:
            raise ShapeError(f"{self._equation} divides by zero for this input") from None
        except IndexError:
            raise ShapeError(f"{self._equation} reads a list whose rows differ in length") from None
        skipped = self._possible - self._visited
        return ElementEvaluation(
            index=index,
            terms=terms,
            total=sum(term.product for term in terms),
            possible=self._possible,
            skipped=skipped,
            conditions=self._equation.about_skipped(skipped, self._possible),
            candidates=self._candidates,
            sizes=self._sizes,
            values=self._noted,
            chosen=self._chosen,
        )

    # --- terms -----------------------------------------------------------------------------

    def _terms(self, expression: Expression, values: Values) -> list[Term]:
        match expression:
            case Total(parts):
                return [term for sign, part in parts for term in self._signed(sign, part, values)]
            case Sum():
                return self._visit(expression, values)
            case Maximum():
                return [self._winner(expression, values)]
            case Cases():
                return self._terms(self._branch(expression, values), values)
            case Product(factors) if any(isinstance(factor, Sum) for factor in factors):
                return self._distributed(factors, values)
            case Product(factors):
                return [_term(tuple(self.factor(factor, values) for factor in factors))]
        return [_term((self.factor(expression, values),))]

    def _signed(self, sign: int, part: Expression, values: Values) -> list[Term]:
        terms = self._terms(part, values)
        if sign > 0:
            return terms
        minus = Factor("−1", (), -1)
        return [_term((minus, *term.factors), term.index) for term in terms]

    def _distributed(self, factors: tuple[Expression, ...], values: Values) -> list[Term]:
        """A sum between other factors: these go into each of its terms."""
        at = next(k for k, factor in enumerate(factors) if isinstance(factor, Sum))
        before = tuple(self.factor(factor, values) for factor in factors[:at])
        after = tuple(self.factor(factor, values) for factor in factors[at + 1 :])
        inner = self._terms(factors[at], values)
        return [_term((*before, *term.factors, *after), term.index) for term in inner]

    def _visit(self, node: Sum, values: Values) -> list[Term]:
        visit = Visit(node, values, self)
        terms = list(visit.terms())
        if values is self._outside:
            self._possible += visit.possible
            self._visited += len(terms)
        return terms

    def _winner(self, node: Maximum, values: Values) -> Term:
        """The first of the largest candidates; a NaN wins, so that it is not lost."""
        candidates = list(Visit(node, values, self).terms())
        if not candidates:
            raise ShapeError(f"{self._equation}: the window lies outside the image altogether")
        best = candidates[0]
        for each in candidates:
            if each.product > best.product or each.product != each.product:
                best = each
        if values is self._outside:
            self._candidates = candidates
        return best

    # --- values ----------------------------------------------------------------------------

    def factor(self, expression: Expression, values: Values) -> Factor:
        """One factor, evaluated; of several cases the one that holds."""
        match expression:
            case Reference(tensor, indices):
                place = self._index(indices, values)
                return Factor(tensor.symbol, place, self._value(expression, values))
            case Cases():
                return self.factor(self._branch(expression, values), values)
        return Factor(plain_text(expression), (), self._value(expression, values))

    def _index(
        self, indices: tuple[IndexExpression, ...] | None, values: Values
    ) -> tuple[int, ...]:
        if indices is None:
            return self._place
        return tuple(self.size(each, values) for each in indices)

    def _value(self, expression: Expression, values: Values) -> Number:
        value = self._worked_out(expression, values)
        if values is self._outside:
            self._noted[expression] = value
        return value

    def _worked_out(self, expression: Expression, values: Values) -> Number:
        match expression:
            case Reference(tensor, indices):
                return self.reader(tensor)(self._index(indices, values))
            case Constant(value):
                return float(value) if isinstance(value, Fraction) and not self._exact else value
            case Scalar():
                return self._scalar(expression)
            case WholeNumber(inner):
                return self.size(inner, values)
            case Product(factors):
                return prod(self._value(factor, values) for factor in factors)
            case Ratio(
                FunctionCall("exp", (above,)),
                Sum(loops, FunctionCall("exp", (below,)), lets, only) as total,
            ):
                self._value(above, values), self._value(total, values)  # noted for the reader
                stable = Sum(loops, FunctionCall("exp", (below - above,)), lets, only)
                return 1 / self._value(stable, values)  # the same, but it cannot overflow
            case Ratio(numerator, denominator):
                return self._ratio(self._value(numerator, values), self._value(denominator, values))
            case Power(base, exponent):
                number: Number = power(self._value(base, values), exponent)
                return number
            case FunctionCall(function, arguments):
                return FUNCTIONS[function](*(self._value(each, values) for each in arguments))
            case Indicator(condition):
                return int(self.holds(condition, values))
            case Cases():
                return self._value(self._branch(expression, values), values)
        return sum(term.product for term in self._terms(expression, values))

    def _ratio(self, above: Number, below: Number) -> Number:
        if self._exact and isinstance(above, int | Fraction) and isinstance(below, int | Fraction):
            return Fraction(above) / Fraction(below)
        return above / below

    def _branch(self, cases: Cases, values: Values) -> Expression:
        for value, condition in cases.branches:
            if condition is None or self.holds(condition, values):
                self._chosen[cases] = value
                return value
        raise ValueError("the last case must have no condition")

    def holds(self, condition: Comparison | Wins, values: Values) -> bool:
        """Whether a condition is true."""
        if isinstance(condition, Wins):
            winner = self._winner(condition.window, values)
            at = tuple(self.size(each, values) for each in condition.at)
            return tuple(winner.index.values()) == at
        left, right = self._value(condition.left, values), self._value(condition.right, values)
        return bool(_RELATIONS[condition.relation](left, right))

    # --- what the numbers come from ----------------------------------------------------------

    def size(self, expression: IndexExpression, values: Values) -> int:
        """The number behind a whole-number expression."""
        return expression.evaluate(values)

    def reader(self, tensor: Tensor) -> Reader:
        """How a tensor's elements are read: as given, or worked out by their own equation."""
        if tensor.symbol not in self._readers:
            numbers = find(self._tensors, tensor)
            if numbers is not None:
                if tensor.axes is None:
                    check_place(tensor, self._place, shape_of(numbers))
                self._readers[tensor.symbol] = reader(numbers)
            elif tensor.symbol in self._sources:
                self._readers[tensor.symbol] = self._from_source(self._sources[tensor.symbol])
            else:
                raise missing_tensor(str(self._equation), tensor, self._tensors)
        return self._readers[tensor.symbol]

    def _from_source(self, source: Equation) -> Reader:
        evaluator = Evaluator(source, self._tensors, self._given, self._totals)

        def read(index: tuple[int, ...]) -> Number:
            key = (source.left.tensor.symbol, index)
            if key not in self._totals:
                self._totals[key] = evaluator.element(index).total
            return self._totals[key]

        return read

    def _scalar(self, scalar: Scalar) -> Number:
        for key in (scalar.symbol, scalar.alias):
            if key in self._given:
                return self._given[key]
        raise ConfigurationError(
            f"{self._equation} needs a value for {scalar.symbol} ({scalar.words}): "
            f"give sizes={{{scalar.symbol!r}: ...}}"
        )


def _term(factors: tuple[Factor, ...], index: dict[str, int] | None = None) -> Term:
    return Term(prod(factor.value for factor in factors), factors, index or {})
