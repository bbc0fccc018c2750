"""From expressions to layouts: where brackets go, and in which order things are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from ..expressions import (
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
    SumIndex,
    Total,
    WholeNumber,
    Wins,
)
from ..indices import IndexExpression
from ..tensors import Reference, Tensor
from .layout import (
    Applied,
    Big,
    Branches,
    Digits,
    Element,
    Fenced,
    Layout,
    Name,
    Operator,
    Root,
    Stacked,
    Superscript,
    Words,
    row,
)
from .numbers import format_number
from .places import is_compound, letter, place

Places = Mapping[str, IndexExpression | int]


@dataclass(frozen=True)
class Numbers:
    """What is written as a number instead of a letter.

    Attributes:
        values: the values of nodes; only those of letters and whole sums are used.
        chosen: the branch that is written of an expression with cases.
        digits: significant digits.
    """

    values: Mapping[Expression, Number] = field(default_factory=dict)
    chosen: Mapping[Cases, Expression] = field(default_factory=dict)
    digits: int = 4

    def value(self, node: Expression) -> Number | None:
        """The number to write for a node, if there is one."""
        leaf = isinstance(node, Reference | Scalar | WholeNumber | Sum)
        return self.values.get(node) if leaf else None


class Arranger:
    """Lays out one side of an equation.

    Args:
        places: indices that follow from others, and are written as what they follow from.
        numbers: nodes that are written as numbers.
    """

    def __init__(self, places: Places | None = None, numbers: Numbers | None = None) -> None:
        self._places = dict(places or {})
        self._numbers = numbers or Numbers()

    def layout(self, expression: Expression) -> Layout:
        """The layout of an expression that stands for itself."""
        if (value := self._numbers.value(expression)) is not None:
            return Digits(format_number(value, self._numbers.digits))
        match expression:
            case Constant(value, symbol) if symbol:
                return Name(symbol, f"number:{symbol}", format_number(value, digits=6))
            case Constant(value):
                return constant(value)
            case Scalar(symbol, words):
                return Name(symbol, f"option:{symbol}", words)
            case WholeNumber(whole_number):
                return place(whole_number, self._places, tight=False)
            case Reference():
                return self.reference(expression)
            case Total(parts):
                return self._total(parts)
            case Product(factors):
                return self._product(factors)
            case Ratio(numerator, denominator):
                return self._ratio(numerator, denominator)
            case Power(base, exponent):
                number = Digits(str(exponent))
                return Superscript(self._bracketed(base), number)
            case FunctionCall():
                return self._call(expression)
            case Sum(loops, body, lets, _):
                inside = self._with({let.letter.symbol: let.expression for let in lets})
                return Big("Σ", _running(loops), inside.layout(body))
            case Maximum(loops, body):
                return Big("max", _running(loops), self.layout(body))
            case Indicator(condition):
                return Fenced("[]", self.condition(condition))
            case Cases() if expression in self._numbers.chosen:
                return self.layout(self._numbers.chosen[expression])
            case Cases(branches):
                return Branches(tuple(self._branch(*branch) for branch in branches))
        raise TypeError(f"no layout for {type(expression).__name__}")

    def _ratio(self, numerator: Expression, denominator: Expression) -> Layout:
        above, below = self.layout(numerator), self.layout(denominator)
        letters = Name | Digits
        return Stacked(
            above,
            below,
            self._is_sum(numerator),
            self._is_sum(denominator) or self._is_product(denominator),
            tight=isinstance(above, letters) or isinstance(below, letters),
        )

    def _bracketed(self, node: Expression) -> Layout:
        inner = self.layout(node)
        return Fenced("()", inner) if self._is_sum(node) else inner

    def _branch(
        self, value: Expression, condition: Comparison | None
    ) -> tuple[Layout, Layout | None]:
        return self.layout(value), None if condition is None else self.condition(condition)

    def reference(self, reference: Reference) -> Layout:
        """A tensor and its indices; without indices where the place goes without saying."""
        name = tensor_name(reference.tensor)
        if not reference.indices:
            return name
        return Element(name, tuple(place(each, self._places) for each in reference.indices))

    def condition(self, condition: Comparison | Wins) -> Layout:
        """A condition, as it stands between the brackets [ ]."""
        if isinstance(condition, Wins):
            pixel, window = self._tuple(condition.place), self._tuple(condition.of)
            return row(pixel, Words(" wins "), window)
        left, right = self.layout(condition.left), self.layout(condition.right)
        return row(left, Operator(condition.relation), right)

    def _tuple(self, places: tuple[IndexExpression, ...]) -> Layout:
        parts: list[Layout] = []
        for each in places:
            parts += [Operator(",", tight=True)] if parts else []
            parts.append(place(each, self._places))
        return Fenced("()", row(*parts))

    def _with(self, places: Places) -> Arranger:
        return Arranger({**places, **self._places}, self._numbers)

    def _is_sum(self, node: Expression) -> bool:
        """Whether it needs brackets beside a multiplication sign."""
        if (value := self._numbers.value(node)) is not None:
            return value < 0 or (isinstance(value, Fraction) and value.denominator > 1)
        match node:
            case Cases() if node in self._numbers.chosen:
                return self._is_sum(self._numbers.chosen[node])
            case Total() | Sum() | Maximum() | Cases() | FunctionCall("expm1"):
                return True
            case WholeNumber(inner):
                return is_compound(inner)
            case Constant(value):
                return value < 0
            case Product(factors):
                return isinstance(factors[-1], Sum)
        return False

    def _is_product(self, expression: Expression) -> bool:
        if self._numbers.value(expression) is not None:
            return False
        match expression:
            case Product() | Ratio():
                return True
            case WholeNumber(inner):
                return inner.constant is None and inner.letter is None
        return False

    def _total(self, parts: tuple[tuple[int, Expression], ...]) -> Layout:
        children: list[Layout] = []
        for sign, part in parts:
            if sign < 0:
                children.append(Operator("−", tight=not children))
            elif children:
                children.append(Operator("+"))
            inner = self.layout(part)
            fenced = isinstance(part, Total) or (bool(children) and self._is_negative(part))
            children.append(Fenced("()", inner) if fenced else inner)
        return row(*children)

    def _is_negative(self, part: Expression) -> bool:
        """Whether it begins with the minus of a number."""
        first = part.factors[0] if isinstance(part, Product) else part
        value = self._numbers.value(first)
        return value is not None and value < 0

    def _product(self, factors: tuple[Expression, ...]) -> Layout:
        children: list[Layout] = []
        for number, factor in enumerate(factors):
            first, last = number == 0, number == len(factors) - 1
            needed = self._is_sum(factor) and not (
                (first and self._is_negative(factor)) or (last and isinstance(factor, Sum))
            )
            inner = self.layout(factor)
            children += [] if first else [Operator("·")]
            children.append(Fenced("()", inner) if needed else inner)
        return row(*children)

    def _call(self, call: FunctionCall) -> Layout:
        match call:
            case FunctionCall("exp", (argument,)):
                base = Name("e", "number:e", "2.71828, the base of the natural exponential")
                compound = self._is_sum(argument) or self._is_product(argument)
                return Superscript(base, self.layout(argument), compound)
            case FunctionCall("pow", (base, exponent)):
                compound = self._is_sum(exponent) or self._is_product(exponent)
                return Superscript(self._bracketed(base), self.layout(exponent), compound)
            case FunctionCall("sqrt", (argument,)):
                return Root(self.layout(argument))
            case FunctionCall("expm1", (argument,)):
                return self.layout(FunctionCall("exp", (argument,)) - 1)
            case FunctionCall("log1p", (argument,)):
                return Applied("ln", (self.layout(1 + argument),))
        name = "ln" if call.function == "log" else call.function
        return Applied(name, tuple(self.layout(each) for each in call.arguments))


def constant(value: Number) -> Layout:
    """A number that belongs to the equation: fractions as fractions."""
    return Digits(format_number(value, digits=6))


def tensor_name(tensor: Tensor) -> Name:
    """A tensor's letter with its role."""
    return Name(tensor.symbol, tensor.role, tensor.words)


def _running(loops: tuple[SumIndex, ...]) -> tuple[Layout, ...]:
    return tuple(
        row(letter(loop.letter), Words(f" {loop.words}")) if loop.words else letter(loop.letter)
        for loop in loops
    )


def arrange(expression: Expression) -> Layout:
    """The layout of an expression in letters."""
    return Arranger().layout(expression)
