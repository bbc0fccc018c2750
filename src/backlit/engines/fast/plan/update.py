"""The end of a training step: an optimizer's equations as a kernel on the row of all weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backlit.engines.fast.compiling.kernel import Kernel
from backlit.equations.expressions import (
    Constant,
    Expression,
    FunctionCall,
    Power,
    Product,
    Ratio,
    Scalar,
    Total,
    call,
)
from backlit.equations.functions import FUNCTIONS
from backlit.equations.update_equations import DW, UpdateEquations, W, evaluate
from backlit.network.engine import Array, ParameterUpdate

NOT_FINITE = "update.not_finite"  # a thread's tensor: 0 where all numbers that it wrote are finite


@dataclass(frozen=True)
class CompiledUpdate:
    """What an update needs in a plan.

    Attributes:
        kernel: the kernel of :mod:`backlit.engines.fast.kernels.update`.
        kept: the names of what is kept, in the kernel's order.
        numbers: what is worked out before a step, once for all weights.
        size: how many weights there are, in whole runs of :data:`~.sizes.RUN`.
    """

    kernel: Kernel
    kept: tuple[str, ...]
    numbers: tuple[Expression, ...]
    size: int

    @classmethod
    def of(cls, equations: UpdateEquations, size: int, lanes: int) -> CompiledUpdate | None:
        """The update by these equations; None if no kernel can be made of them."""
        rule = equations.scalars_first()
        source = _Source(rule)
        try:
            assignments = tuple(
                (source.names[each.letter], source.of(each.expression)) for each in rule.assignments
            )
            descent = source.of(rule.descent)
        except _NoKernelError:
            return None
        kernel = Kernel.of(
            "update:update",
            lanes=lanes,
            assignments=assignments,
            descent=descent,
            kept=tuple(source.names[letter] for letter in rule.kept),
            numbers=len(source.numbers),
        )
        return cls(kernel, tuple(rule.kept.values()), tuple(source.numbers), size)

    def arrays(
        self, weights: Array, gradients: Array, update: ParameterUpdate
    ) -> dict[str, NDArray[Any]]:
        """What the last stage of the plan is given in a step."""
        numbers = [float(evaluate(each, update.values, FUNCTIONS)) for each in self.numbers]
        found = {
            "update.weights": weights,
            "update.gradients": gradients,
            "update.new": update.new_parameters,
            "update.numbers": np.array(numbers, np.float32),
        }
        for name in self.kept:
            found[f"update.{name}"] = update.state[name]
            found[f"update.{name}.new"] = update.new_state[name]
        return found


class _NoKernelError(Exception):
    """An expression is of a form that kernels do not have."""


class _Source:
    """Writes expressions as source, whose vectors are worked out in the order of the equations.

    Attributes:
        names: what the letters are called in it.
        numbers: the single numbers in it, which are called c0, c1, ….
    """

    def __init__(self, rule: UpdateEquations) -> None:
        self._rule = rule
        self.names = {W: "W", DW: "dW"}
        for place, each in enumerate(rule.assignments):
            symbol = each.letter.symbol
            self.names[each.letter] = f"{symbol if symbol.isidentifier() else f'x{place}'}_"
        self.numbers: list[Expression] = []

    def of(self, expression: Expression) -> str:
        """An expression as source, in brackets if it is more than one name."""
        if not self._rule.varies(expression):
            return self._number(expression)
        match expression:
            case Scalar():
                return self.names[expression]
            case Total(parts):
                terms = [("+" if sign > 0 else "-", self.of(part)) for sign, part in parts]
                (sign, first), *others = terms
                start = first if sign == "+" else f"0.0 - {first}"
                return f"({start}{''.join(f' {sign} {term}' for sign, term in others)})"
            case Product(factors):
                names = [self.of(each) for each in factors]
                if not self._rule.varies(factors[0]) and self._rule.varies(factors[1]):
                    names[:2] = names[1], names[0]  # which product is fused depends on it
                return f"({' * '.join(names)})"
            case Ratio(numerator, denominator) if not self._rule.varies(denominator):
                # A product is quicker than a quotient, and rounds as well.
                return f"({self.of(numerator)} * {self._number(_reciprocal(denominator))})"
            case Ratio(numerator, denominator):
                return f"({self.of(numerator)} / {self.of(denominator)})"
            case Power(base, 2):
                return f"({self.of(base)} * {self.of(base)})"
            case FunctionCall("sqrt", (argument,)):
                return f"sqrt({self.of(argument)})"
            case FunctionCall("max", (argument, Constant(number))):
                return f"maximum({self.of(argument)}, {float(number)})"
        raise _NoKernelError

    def _number(self, expression: Expression) -> str:
        """The name of a single number."""
        if expression not in self.numbers:
            self.numbers.append(expression)
        return f"c{self.numbers.index(expression)}"


def _reciprocal(expression: Expression) -> Expression:
    match expression:
        case FunctionCall("pow", (base, Constant(exponent))):
            return call("pow", base, -exponent)
    return 1 / expression
