"""Trees and expressions as text; a language says only what differs from Python."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import ClassVar

from backlit.equations.expressions import (
    Cases,
    Comparison,
    Constant,
    Expression,
    FunctionCall,
    Indicator,
    Power,
    Product,
    Ratio,
    Scalar,
    Total,
    WholeNumber,
)
from backlit.equations.indices import (
    Atom,
    Bracketed,
    Floor,
    IndexExpression,
    Letter,
    Quotient,
    Remainder,
)
from backlit.equations.tensors import Reference

from .tree import Assign, ForLoop, Inside, Places, Statement, TakeLargest, When

# How tightly the parts of a line hold together.
CHOICE, COMPARED, ADDED, MULTIPLIED, SIGNED, ATOM = range(6)
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉²", "01234567892")


@cache
def identifier(symbol: str) -> str:
    """A letter as a name in plain ASCII: σ² becomes sigma2, x̂ x_hat and dγ dgamma."""
    name = ""
    for character in unicodedata.normalize("NFD", symbol).translate(_SUBSCRIPTS):
        described = unicodedata.name(character)
        if character.isascii():
            name += character
        elif greek := re.fullmatch(r"GREEK SMALL LETTER (\w+)", described):
            name += "lambda_" if greek[1] == "LAMDA" else greek[1].lower()
        elif described == "COMBINING CIRCUMFLEX ACCENT":
            name += "_hat"
        else:
            raise ValueError(f"a letter without a name in ASCII: {symbol}")
    return name


class Printer:
    """Python; other languages are subclasses.

    Args:
        named: what is written for single numbers with a letter, by letter.

    Attributes:
        indent: of one level.
        both: joins two conditions.
        relations: how the relations of equations are written.
        functions: how the functions of equations are called.
        constants: how numbers with a symbol are written.
        declared: what stands before a single number that gets its first value.
    """

    def __init__(self, named: Mapping[str, str] | None = None) -> None:
        self._named = named or {}

    indent: ClassVar[str] = "    "
    both: ClassVar[str] = " and "
    relations: ClassVar[Mapping[str, str]] = {
        "=": "==",
        "≠": "!=",
        ">": ">",
        "<": "<",
        "≥": ">=",
    }
    functions: ClassVar[Mapping[str, str]] = {}
    constants: ClassVar[Mapping[str, str]] = {"π": "pi", "−∞": "-inf"}
    declared: ClassVar[str] = ""

    # --- whole numbers -----------------------------------------------------------------------

    def place(self, expression: IndexExpression) -> str:
        """A whole number as a sum; what is added comes first, a number alone comes last."""
        positive = any(coefficient > 0 and atoms for coefficient, atoms in expression.terms)
        text = ""
        for coefficient, atoms in sorted(
            expression.terms, key=lambda term: (positive and not term[1], term[0] < 0)
        ):
            sign = "-" if coefficient < 0 else "+"
            product = self._product(abs(coefficient), atoms)
            if text:
                text += f" {sign} {product}"
            else:
                text = f"-{product}" if sign == "-" else product
        return text or "0"

    def _product(self, coefficient: int, atoms: tuple[Atom, ...]) -> str:
        alone = coefficient == 1 and len(atoms) == 1
        factors = [self._atom(atom, alone) for atom in atoms]
        if coefficient != 1 or not factors:
            factors.insert(0, str(coefficient))
        return " * ".join(factors)

    def _atom(self, atom: Atom, alone: bool) -> str:
        match atom:
            case Letter(symbol):
                return identifier(symbol)
            case Bracketed(inner):
                return f"({self.place(inner)})"
            case Remainder(numerator, divisor):
                text = f"{self._factor(numerator)} % {self._factor(divisor)}"
            case Floor(numerator, divisor) | Quotient(numerator, divisor):
                text, closed = self.floor(self._factor(numerator), self._factor(divisor))
                if closed:
                    return text
        return text if alone else f"({text})"

    def _factor(self, expression: IndexExpression) -> str:
        constant = expression.constant
        plain = (constant is not None and constant >= 0) or expression.letter
        return self.place(expression) if plain else f"({self.place(expression)})"

    def floor(self, numerator: str, divisor: str) -> tuple[str, bool]:
        """A quotient rounded down, and whether it needs no brackets."""
        return f"{numerator} // {divisor}", False

    # --- values ----------------------------------------------------------------------------------

    def text(self, expression: Expression, outside: int = CHOICE) -> str:
        """An expression, in brackets if it would fall apart in what is ``outside`` of it."""
        text, level = self._text(expression)
        return text if level >= outside else f"({text})"

    def read(self, reference: Reference) -> str:
        """``X[n][c][h][w]``."""
        places = "".join(f"[{self.place(each)}]" for each in reference.indices or ())
        return identifier(reference.tensor.symbol) + places

    def comparison(self, condition: Comparison) -> str:
        """A condition."""
        left, right = (self.text(each, ADDED) for each in (condition.left, condition.right))
        return f"{left} {self.relations[condition.relation]} {right}"

    def inside(self, condition: Inside) -> str:
        """``0 <= h < IH``."""
        return f"0 <= {identifier(condition.letter.symbol)} < {self.place(condition.size)}"

    def number(self, value: float | int | Fraction) -> str:
        """A number that belongs to an equation."""
        if isinstance(value, float) and value != int(value):
            return repr(value)
        return str(int(value))

    def choice(self, branches: list[tuple[str, str]]) -> str:
        """``value if condition else …``; the last branch has no condition."""
        return " else ".join(
            value + (f" if {condition}" if condition else "") for value, condition in branches
        )

    def call(self, function: str, arguments: list[str]) -> str:
        """A function of mathematics."""
        return f"{self.functions.get(function, function)}({', '.join(arguments)})"

    def _text(self, expression: Expression) -> tuple[str, int]:
        match expression:
            case Reference():
                return self.read(expression), ATOM
            case Constant(value, symbol):
                return self._constant(value, symbol)
            case Scalar(symbol):
                return self._named.get(symbol) or identifier(symbol), ATOM
            case WholeNumber(inner):
                single = inner.letter is not None or inner.constant is not None
                level = ATOM if single else MULTIPLIED if len(inner.terms) == 1 else ADDED
                return self.place(inner), level
            case Total(parts):
                return self._total(parts), ADDED
            case Product((Constant(-1), *factors)):
                return f"-{self.text(Product(tuple(factors)), MULTIPLIED)}", SIGNED
            case Product(factors):
                return self._times(factors), MULTIPLIED
            case Ratio(above, below):
                text = f"{self.text(above, MULTIPLIED)} / {self.text(below, SIGNED)}"
                return text, MULTIPLIED
            case Power(base, exponent):
                return " * ".join([self.text(base, ATOM)] * exponent), MULTIPLIED
            case FunctionCall(function, arguments):
                return self.call(function, [self.text(each) for each in arguments]), ATOM
            case Indicator(Comparison() as condition):
                return f"({self.comparison(condition)})", ATOM
            case Cases(branches):
                choices = [
                    (self.text(value, ADDED), "" if when is None else self.comparison(when))
                    for value, when in branches
                ]
                return self.choice(choices), CHOICE
        raise TypeError(f"an expression without a form in a program: {expression}")

    def _times(self, factors: tuple[Expression, ...]) -> str:
        """Factors, brackets around a quotient that does not come first."""
        first, *others = factors
        return " * ".join(
            [self.text(first, MULTIPLIED), *(self.text(each, SIGNED) for each in others)]
        )

    def _total(self, parts: tuple[tuple[int, Expression], ...]) -> str:
        text = ""
        for sign, part in parts:
            written = self.text(part, MULTIPLIED)
            if text:
                text += f" {'-' if sign < 0 else '+'} {written}"
            else:
                text = f"-{written}" if sign < 0 else written
        return text

    def _constant(self, value: float | int | Fraction, symbol: str) -> tuple[str, int]:
        if symbol:
            return self.constants[symbol], ATOM
        if isinstance(value, Fraction) and value.denominator != 1:
            return f"{value.numerator} / {value.denominator}", MULTIPLIED
        return self.number(value), ATOM if value >= 0 else SIGNED

    # --- statements ----------------------------------------------------------------------------

    def lines(self, body: tuple[Statement, ...], comments: set[str] | None = None) -> Iterator[str]:
        """The lines of a body; loops over the letters in ``comments`` say what they run over."""
        for each in body:
            match each:
                case ForLoop():
                    yield from self.loop(each, comments)
                case Places(letters, values, again):
                    names = [identifier(letter.symbol) for letter in letters]
                    yield self.places(names, [self.place(value) for value in values], again)
                case When(conditions, inner):
                    texts = [
                        self.inside(c) if isinstance(c, Inside) else self.comparison(c)
                        for c in conditions
                    ]
                    yield from self.when(self.both.join(texts), self.lines(inner, comments))
                case Assign():
                    yield self.assign(each)
                case TakeLargest(target, value):
                    name = self.text(target)
                    yield self.statement(f"{name} = {self.call('max', [name, self.text(value)])}")

    def assign(self, each: Assign) -> str:
        """``target = value``."""
        known = each.adds or each.again or isinstance(each.target, Reference)
        sign = "+=" if each.adds else "="
        text = f"{self.text(each.target)} {sign} {self.text(each.value)}"
        return self.statement(text if known else self.declared + text)

    def statement(self, text: str) -> str:
        """A line of its own."""
        return text

    def places(self, names: list[str], values: list[str], again: bool) -> str:
        """``h, w = i + u, j + v``."""
        return f"{', '.join(names)} = {', '.join(values)}"

    def loop(self, loop: ForLoop, comments: set[str] | None) -> Iterator[str]:
        """A loop and all that is in it."""
        head = f"for {identifier(loop.letter.symbol)} in {self._range(loop)}:"
        yield head + (f"  # {words}" if (words := explained(loop, comments)) else "")
        for line in self.lines(loop.body, comments):
            yield self.indent + line

    def _range(self, loop: ForLoop) -> str:
        if loop.start.constant == 0:
            return f"range({self.place(loop.count)})"
        return f"range({self.place(loop.start)}, {self.place(loop.start + loop.count)})"

    def when(self, condition: str, inner: Iterator[str]) -> Iterator[str]:
        """What is done only under a condition."""
        yield f"if {condition}:"
        for line in inner:
            yield self.indent + line


def each_of(letter: Letter) -> str:
    """What a loop runs over, as a comment: "each row of the output"."""
    return f"each {letter.words.split(',')[0]}".replace(" inside the ", " of the ")


def explained(loop: ForLoop, letters: set[str] | None) -> str:
    """The comment of a loop whose letter is among some, from which it is taken away; else ""."""
    if not letters or loop.letter.symbol not in letters:
        return ""
    letters.discard(loop.letter.symbol)
    return each_of(loop.letter)
