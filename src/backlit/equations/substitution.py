"""Replace indices inside an expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from .expressions import (
    Cases,
    Comparison,
    Expression,
    FunctionCall,
    Indicator,
    Power,
    Product,
    Ratio,
    Total,
    WholeNumber,
)
from .indices import IndexExpression
from .tensors import Reference


def substitute(expression: Expression, values: Mapping[str, IndexExpression]) -> Expression:
    """The expression with every index letter named in ``values`` replaced."""
    if not values:
        return expression
    match expression:
        case Reference(_, tuple() as indices):
            return replace(expression, indices=tuple(each.substitute(values) for each in indices))
        case WholeNumber(inner):
            return WholeNumber(inner.substitute(values))
    return rebuild(expression, lambda child: substitute(child, values))


def rebuild(expression: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """The same node over changed children."""
    match expression:
        case Total(parts):
            return Total(tuple((sign, change(part)) for sign, part in parts))
        case Product(factors):
            return Product(tuple(change(factor) for factor in factors))
        case Ratio(numerator, denominator):
            return Ratio(change(numerator), change(denominator))
        case Power(base, exponent):
            return Power(change(base), exponent)
        case FunctionCall(function, arguments):
            return FunctionCall(function, tuple(change(argument) for argument in arguments))
        case Indicator(Comparison(left, relation, right)):
            return Indicator(Comparison(change(left), relation, change(right)))
        case Cases(branches):
            return Cases(tuple((change(value), condition) for value, condition in branches))
    return expression
