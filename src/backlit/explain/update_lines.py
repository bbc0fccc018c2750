"""The rules of the optimizers as lines that a reader can follow: symbols, then numbers.

The lines are written from the equations that an optimizer states.  The change of the weight comes
from :meth:`Optimizer.update` itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil, isfinite, log10
from typing import TYPE_CHECKING, Any

from backlit.equations.expressions import (
    Constant,
    Expression,
    FunctionCall,
    Power,
    Product,
    Ratio,
    Scalar,
    Total,
)
from backlit.equations.functions import FUNCTIONS
from backlit.equations.update_equations import DW, UpdateEquations, W, evaluate

from .words import json_number
from .words import number as n

if TYPE_CHECKING:
    from backlit.training.optimizers import Optimizer

State = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """``symbol ← equation = numbers = value``."""

    symbol: str
    equation: str
    numbers: str
    value: float
    digits: int = 4  # as many as show that the weight moved

    def with_letter(self, letter: str) -> Line:
        """The same for what is not called W: a bias b, a scale γ."""
        symbol, equation = (text.replace("W", letter) for text in (self.symbol, self.equation))
        return replace(self, symbol=symbol, equation=equation)

    def to_dict(self) -> dict[str, Any]:
        """For JSON: the fields."""
        return {
            "symbol": self.symbol,
            "equation": self.equation,
            "numbers": self.numbers,
            "value": json_number(self.value),
            "digits": self.digits,
        }


@dataclass(frozen=True)
class Clip:
    """Gradient clipping, see :func:`backlit.training.clipping.clip_gradients`.

    Attributes:
        limit: how long all gradients of a batch together may be.
        length: how long they are, √(Σ g²).
    """

    limit: float
    length: float

    @property
    def shortens(self) -> bool:
        """Whether they are too long."""
        return self.length > self.limit

    def apply(self, gradient: float) -> float:
        """What it makes of one of them."""
        return gradient * (self.limit / self.length) if self.shortens else gradient

    def lines(self, gradient: float) -> tuple[Line, ...]:
        """The same for a reader; nothing where nothing happens."""
        if not self.shortens:
            return ()
        numbers = f"{n(gradient)} · {n(self.limit)} / {n(self.length)}"
        return (Line("dW", "dW·c/ℓ", numbers, self.apply(gradient)),)


CLIP_LETTERS = (
    "c is how long the gradients of all weights together may be (clipping)",
    "ℓ is how long they are, the root of the sum of their squares",
)


def remembered(optimizer: Optimizer, state: State) -> dict[str, float]:
    """What was kept of the steps before, by the letters of the lines."""
    rule = _stated(optimizer)
    return {letter.symbol: float(state[name]) for letter, name in rule.kept.items()} if rule else {}


def rule_letters(optimizer: Optimizer) -> tuple[str, ...]:
    """``η is the learning rate``, for each letter that the lines use."""
    from backlit.equations.optimizers import LETTERS

    rule = _stated(optimizer)
    used = rule.letters if rule else frozenset()
    return tuple(f"{each.symbol} is {each.words}" for each in LETTERS if each in used)


def rule_lines(
    optimizer: Optimizer, value: float, gradient: float, state: State, change: float
) -> tuple[Line, ...]:
    """The lines of one step; of an optimizer that states no equations only the last.

    Args:
        optimizer: whose rule it is.
        value: of the weight.
        gradient: as the optimizer saw it.
        state: before the step.
        change: what the optimizer adds to the weight.
    """
    rule, new, digits = _stated(optimizer), value + change, _digits(value, change)
    if rule is None:
        numbers = f"{n(value, digits)} + {_bracketed(change)}"
        return (Line("W", "W + ΔW", numbers, new, digits),)
    values = {**optimizer.values(state, optimizer.learning_rate), W: value, DW: gradient}
    values |= {letter: float(state[name]) for letter, name in rule.kept.items()}
    lines = []
    for each in rule.assignments:
        equation, numbers = _letters(each.expression), _numbers(each.expression, values)
        values[each.letter] = float(evaluate(each.expression, values, FUNCTIONS))
        lines.append(Line(each.letter.symbol, equation, numbers, values[each.letter]))
    last = _numbers(W - rule.descent, values, digits)
    return (*lines, Line("W", _letters(W - rule.descent), last, new, digits))


def _stated(optimizer: Optimizer) -> UpdateEquations | None:
    return optimizer.equations if optimizer.is_stated else None


def _digits(value: float, change: float) -> int:
    """How many significant digits show that the weight moved."""
    # The page's is digitsToShow in web/front/numbers.js; tests/web/test_parity.py holds them equal.
    if not change or not isfinite(change) or not isfinite(value):
        return 4
    return max(4, 2 + ceil(min(10.0, log10(1 + abs(value / change)))))


def _letters(expression: Expression) -> str:
    """``β₁·m + (1 − β₁)·g²``."""
    return _written(expression, lambda each, _: _symbol(each), "·", "/")


def _symbol(expression: Expression) -> str | None:
    match expression:
        case Scalar(symbol):
            return symbol
        case FunctionCall("sqrt", (argument,)):
            inner = _letters(argument)
            return f"√({inner})" if " " in inner else f"√{inner}"
        case FunctionCall("max", (argument, _)):
            return _letters(argument)  # its other side only takes rounding away
        case FunctionCall("pow", (base, exponent)):
            return f"{_letters(base)}{_RAISED[_letters(exponent)]}"
    return None


_RAISED = {"t": "ᵗ"}


def _numbers(expression: Expression, values: Mapping[Scalar, Any], digits: int = 4) -> str:
    """The same with its numbers: ``0.9 · (−0.02) + 0.1 · (0.3)²``.

    Roots, and differences of single numbers such as 1 − β₁, are shown as one number.
    """

    def number(each: Expression, first: bool) -> str | None:
        match each:
            case FunctionCall("pow", (base, exponent)):
                return f"{_numbers(base, values)}^{_numbers(exponent, values)}"
            case Total(parts) if not all(isinstance(part, Constant | Scalar) for _, part in parts):
                return None
            case Total(parts) if any(part in (W, DW) for _, part in parts):
                return None
            case Scalar() | FunctionCall() | Total():
                value = float(evaluate(each, values, FUNCTIONS))
                return n(value, digits if each is W else 4) if first else _bracketed(value)
        return None

    return _written(expression, number, " · ", " / ")


def _written(
    expression: Expression,
    leaf: Callable[[Expression, bool], str | None],
    times: str,
    over: str,
    first: bool = True,
) -> str:
    """An expression as text.

    Args:
        expression: of an optimizer's rule.
        leaf: writes what is not taken apart further; None for what is.  Its second argument is
            whether nothing stands before it.
        times: between factors.
        over: the bar of a fraction.
        first: whether nothing stands before the expression.
    """

    def inside(each: Expression, first: bool = False) -> str:
        """A part of a product or a fraction."""
        text = again(each, first)
        compound = isinstance(each, Total) and leaf(each, first) is None
        return f"({again(each, True)})" if compound else text

    def again(each: Expression, first: bool) -> str:
        return _written(each, leaf, times, over, first)

    text = leaf(expression, first)
    if text is not None:
        return text
    match expression:
        case Constant(value):
            return n(value)
        case Total(((_, start), *others)):
            parts = [f" {'+' if sign > 0 else '−'} {again(part, False)}" for sign, part in others]
            return again(start, first) + "".join(parts)
        case Product(factors):
            return times.join(_factors(factors, inside, first))
        case Ratio(numerator, denominator):
            return f"{inside(numerator, first)}{over}{inside(denominator)}"
        case Power(base, 2):
            return _squared(inside(base))
    raise TypeError(f"{type(expression).__name__} does not belong into an optimizer's rule")


def _factors(
    factors: tuple[Expression, ...], inside: Callable[[Expression, bool], str], first: bool
) -> Iterator[str]:
    """The factors of a product; one that stands there twice is squared."""
    place = 0
    while place < len(factors):
        text = inside(factors[place], first and place == 0)
        if factors[place : place + 1] == factors[place + 1 : place + 2]:
            text, place = _squared(text), place + 1
        yield text
        place += 1


def _squared(text: str) -> str:
    return f"{text}²" if text.isalpha() or text.startswith("(") else f"({text})²"


def _bracketed(value: float) -> str:
    """A number after a sign: negative ones in brackets."""
    return f"({n(value)})" if value < 0 else n(value)
