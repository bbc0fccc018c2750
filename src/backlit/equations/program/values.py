"""Expressions as Python, each in one line."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from ..expressions import (
    Cases,
    Comparison,
    Constant,
    Expression,
    FunctionCall,
    Indicator,
    Maximum,
    Power,
    Product,
    Ratio,
    Scalar,
    Sum,
    SumIndex,
    Total,
    WholeNumber,
)
from ..indices import IndexExpression
from ..tensors import Reference
from ..typeset import plain_text
from .places import identifier, place

# How tightly the parts of a line hold together.
CHOICE, ADDED, MULTIPLIED, RAISED, ATOM = range(5)
_RELATIONS = {"=": "==", "≠": "!=", ">": ">", "<": "<", "≥": ">="}


class Values:
    """Writes expressions.

    Args:
        named: names for places that are not written out where they are read.
    """

    def __init__(self, named: Mapping[IndexExpression, str] | None = None) -> None:
        self._named = named or {}

    def text(self, expression: Expression, outside: int = CHOICE) -> str:
        """An expression, in brackets if it would fall apart in what is ``outside`` of it."""
        text, level = self._text(expression)
        return text if level >= outside else f"({text})"

    def comparison(self, condition: Comparison) -> str:
        """A condition."""
        left, right = (self.text(each, ADDED) for each in (condition.left, condition.right))
        return f"{left} {_RELATIONS[condition.relation]} {right}"

    def read(self, reference: Reference) -> str:
        """``X[n][c][h][w]``."""
        places = "".join(f"[{self._place(each)}]" for each in reference.indices or ())
        return identifier(reference.tensor.symbol) + places

    def _place(self, expression: IndexExpression) -> str:
        return self._named.get(expression) or place(expression)

    def _text(self, expression: Expression) -> tuple[str, int]:
        match expression:
            case Reference():
                return self.read(expression), ATOM
            case Constant(value, symbol):
                return _constant(value, symbol)
            case Scalar(symbol):
                return identifier(symbol), ATOM
            case WholeNumber(inner):
                return place(inner), _size_level(inner)
            case Total(parts):
                return self._total(parts), ADDED
            case Product(factors):
                return " * ".join(self.text(each, MULTIPLIED) for each in factors), MULTIPLIED
            case Ratio(above, below):
                text = f"{self.text(above, MULTIPLIED)} / {self.text(below, RAISED)}"
                return text, MULTIPLIED
            case Power(base, exponent):
                return f"{self.text(base, ATOM)} ** {exponent}", RAISED
            case FunctionCall("pow", (base, exponent)):
                return f"{self.text(base, ATOM)} ** {self.text(exponent, RAISED)}", RAISED
            case FunctionCall(function, arguments):
                return f"{function}({', '.join(map(self.text, arguments))})", ATOM
            case Sum(loops, body, (), only):
                when = "" if only is None else f" if {self.comparison(only)}"
                return f"sum({self.text(body)}{loops_text(loops)}{when})", ATOM
            case Maximum(loops, body):
                return f"max({self.text(body)}{loops_text(loops)})", ATOM
            case Indicator(Comparison() as condition):
                return f"({self.comparison(condition)})", ATOM
            case Cases(branches):
                return self._cases(branches), CHOICE
        raise TypeError(f"an expression without a form in Python: {plain_text(expression)}")

    def _total(self, parts: tuple[tuple[int, Expression], ...]) -> str:
        text = ""
        for sign, part in parts:
            written = self.text(part, MULTIPLIED)
            if text:
                text += f" {'-' if sign < 0 else '+'} {written}"
            else:
                text = f"-{written}" if sign < 0 else written
        return text

    def _cases(self, branches: tuple[tuple[Expression, Comparison | None], ...]) -> str:
        return " else ".join(
            self.text(value, ADDED) + ("" if when is None else f" if {self.comparison(when)}")
            for value, when in branches
        )


def loops_text(loops: tuple[SumIndex, ...]) -> str:
    """The loops of a sum in one line: `` for u in range(3) for v in range(3)``."""
    return "".join(f" for {identifier(loop.letter.symbol)} in {span(loop)}" for loop in loops)


def span(loop: SumIndex) -> str:
    """``range(3)``."""
    start, count = loop.start, loop.count
    return (
        f"range({place(count)})"
        if start.constant == 0
        else (f"range({place(start)}, {place(start + count)})")
    )


def _constant(value: object, symbol: str) -> tuple[str, int]:
    if symbol:
        return {"π": "pi"}.get(symbol, identifier(symbol)), ATOM
    if isinstance(value, Fraction) and value.denominator != 1:
        return f"{value.numerator} / {value.denominator}", MULTIPLIED
    return repr(float(value) if isinstance(value, float) else int(value)), ATOM  # type: ignore[call-overload]


def _size_level(size: IndexExpression) -> int:
    if len(size.terms) > 1:
        return ADDED
    return ATOM if size.letter is not None or size.constant is not None else MULTIPLIED
