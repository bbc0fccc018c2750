"""An optimizer's rule as equations: what becomes of a weight, and of what is kept beside it.

A rule is data, as all equations are.  The optimizers evaluate it on arrays, the fast engine makes a
kernel of it, and an explanation writes it down, with letters and with the numbers of one weight.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .expressions import (
    Constant,
    Expression,
    FunctionCall,
    Power,
    Product,
    Ratio,
    Scalar,
    Total,
    call,
    descendants,
)
from .functions import power

W = Scalar("W", "the weight")
DW = Scalar("dW", "its gradient, the slope of the loss")
ETA = Scalar("η", "the learning rate: how large a step is")
T = Scalar("t", "the number of the step")

Values = Mapping[Scalar, Any]  # a letter -> a number, or an array of numbers


@dataclass(frozen=True)
class Assignment:
    """``letter ← expression``.

    Attributes:
        letter: what gets a value.
        expression: the value; the letter itself in it stands for the value of the step before.
        kept: the name under which the value is kept for the next step; "" if it is not.
    """

    letter: Scalar
    expression: Expression
    kept: str = ""


@dataclass(frozen=True)
class UpdateEquations:
    """The assignments in order, and at last ``W ← W − descent``, each number for itself.

    Attributes:
        assignments: what is computed before.  What is kept is 0 before the first step.
        descent: what is subtracted from the weight.
    """

    assignments: tuple[Assignment, ...]
    descent: Expression

    @property
    def kept(self) -> dict[Scalar, str]:
        """The letters that are kept from step to step, and their names."""
        return {each.letter: each.kept for each in self.assignments if each.kept}

    @property
    def letters(self) -> frozenset[Scalar]:
        """Every letter that is used."""
        expressions = [each.expression for each in self.assignments]
        nodes = (node for top in (*expressions, self.descent) for node in descendants(top))
        found = {node for node in nodes if isinstance(node, Scalar)}
        return frozenset(found.union(each.letter for each in self.assignments))

    def varies(self, expression: Expression) -> bool:
        """Whether an expression has another value for each weight."""
        own = {W, DW, *(each.letter for each in self.assignments)}
        return any(node in own for node in descendants(expression))

    def scalars_first(self) -> UpdateEquations:
        """The same rule with fewer operations for each weight.

        Where a quotient by a single number is multiplied by another one, or its root is taken, the
        single numbers are worked out once:  η·(m/c) = (η/c)·m  and  √(s/c) = √s/c^½.
        """
        quotients: dict[Scalar, Expression] = {}
        assignments = []
        for each in self.assignments:
            expression = self._scalars_first(each.expression, quotients)
            if not each.kept and self._is_quotient(expression):
                quotients[each.letter] = expression
            else:
                assignments.append(replace(each, expression=expression))
        return UpdateEquations(tuple(assignments), self._scalars_first(self.descent, quotients))

    def _scalars_first(
        self, expression: Expression, quotients: Mapping[Scalar, Expression]
    ) -> Expression:
        def again(each: Expression) -> Expression:
            return self._scalars_first(each, quotients)

        match expression:
            case Scalar():
                return quotients.get(expression, expression)
            case Product(factors):
                first, *others = map(again, factors)
                for place, each in enumerate(others):
                    if not self.varies(first) and self._is_quotient(each):
                        assert isinstance(each, Ratio)
                        first, others[place] = Ratio(first, each.denominator), each.numerator
                return Product((first, *others))
            case FunctionCall("sqrt", (argument,)):
                inner = again(argument)
                if self._is_quotient(inner):
                    assert isinstance(inner, Ratio)
                    return Ratio(call("sqrt", inner.numerator), call("pow", inner.denominator, 0.5))
                return call("sqrt", inner)
            case FunctionCall(function, arguments):
                return FunctionCall(function, tuple(map(again, arguments)))
            case Ratio(numerator, denominator):
                return Ratio(again(numerator), again(denominator))
            case Total(parts):
                return Total(tuple((sign, again(part)) for sign, part in parts))
        return expression

    def _is_quotient(self, expression: Expression) -> bool:
        """Whether it is something of each weight, divided by a single number."""
        return (
            isinstance(expression, Ratio)
            and self.varies(expression.numerator)
            and not self.varies(expression.denominator)
        )


def evaluate(
    expression: Expression, values: Values, functions: Mapping[str, Callable[..., Any]]
) -> Any:
    """The value of an expression, worked out from left to right.

    Args:
        expression: of an optimizer's rule.
        values: of its letters; numbers, or arrays of one shape.
        functions: the functions of such numbers: "sqrt" and "max".
    """
    match expression:
        case Scalar():
            return values[expression]
        case Constant(value):
            return value
        case Total(parts):
            total: Any = None
            for sign, part in parts:
                value = evaluate(part, values, functions)
                if total is None:
                    total = value if sign > 0 else -value
                else:
                    total = total + value if sign > 0 else total - value
            return total
        case Product(factors):
            product: Any = None
            for factor in factors:
                value = evaluate(factor, values, functions)
                product = value if product is None else product * value
            return product
        case Ratio(numerator, denominator):
            return evaluate(numerator, values, functions) / evaluate(denominator, values, functions)
        case Power(base, 2):
            value = evaluate(base, values, functions)
            return value * value
        case FunctionCall("pow", (base, exponent)):
            return power(*(evaluate(each, values, functions) for each in (base, exponent)))
        case FunctionCall(function, arguments):
            return functions[function](*(evaluate(each, values, functions) for each in arguments))
    raise TypeError(f"{type(expression).__name__} does not belong into an optimizer's rule")
