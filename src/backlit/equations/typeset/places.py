"""Layouts of whole-number expressions: ``2i+u−1``, ``(h+p−u·d)/s``, ``⌊o/O_g⌋``."""

from __future__ import annotations

from collections.abc import Mapping

from ..indices import (
    Atom,
    Bracketed,
    Floor,
    IndexExpression,
    Letter,
    Monomial,
    Quotient,
    Remainder,
)
from .layout import Applied, Digits, Fenced, Layout, Name, Operator, row
from .numbers import format_number


def place(
    expression: IndexExpression,
    values: Mapping[str, IndexExpression | int] | None = None,
    tight: bool = True,
) -> Layout:
    """The layout of an expression, after ``values`` were put in.

    Positive parts come first, so that ``−1 + 2i`` is written ``2i−1``.
    """
    if values:
        expression = expression.substitute(values)
    ordered = sorted(expression.terms, key=lambda term: term[0] < 0)  # stable
    parts: list[Layout] = []
    for number, (coefficient, atoms) in enumerate(ordered):
        if coefficient < 0:
            parts.append(Operator("−", tight or number == 0))
        elif number:
            parts.append(Operator("+", tight))
        parts.append(_monomial(abs(coefficient), atoms, alone=len(ordered) == 1))
    return row(*parts) if parts else Digits("0")


def is_compound(expression: IndexExpression) -> bool:
    """Whether it is a sum, which needs brackets beside a multiplication or division."""
    return len(expression.terms) > 1 or any(coefficient < 0 for coefficient, _ in expression.terms)


def _monomial(coefficient: int, atoms: Monomial, alone: bool) -> Layout:
    """``2i``, ``i·s``, ``2(kH−1)``: a number stands directly before what it multiplies."""
    if not atoms:
        return Digits(format_number(coefficient))
    parts: list[Layout] = [] if coefficient == 1 else [Digits(format_number(coefficient))]
    for number, atom in enumerate(atoms):
        bracket = isinstance(atom, Bracketed)
        single = alone and len(atoms) == 1 and not parts
        word = isinstance(atom, Remainder) and not single
        if number and not bracket:
            parts.append(Operator("·", tight=True))
        parts.append(Fenced("()", _atom(atom)) if word else _atom(atom))
    return row(*parts)


def _atom(atom: Atom) -> Layout:
    match atom:
        case Letter():
            return letter(atom)
        case Bracketed(inner):
            return Fenced("()", place(inner))
        case Floor(numerator, _, str() as label):
            return Applied(label, (place(numerator),))
        case Floor(numerator, divisor, _):
            return Fenced("⌊⌋", _divided(numerator, divisor))
        case Remainder(numerator, divisor):
            return row(_operand(numerator), Operator("mod"), _operand(divisor))
        case Quotient(numerator, divisor):
            return _divided(numerator, divisor)


def _divided(numerator: IndexExpression, divisor: IndexExpression) -> Layout:
    """``(h+1−u)/2`` on one line: indices are small enough without a fraction among them."""
    several = len(divisor.terms) == 1 and len(divisor.terms[0][1]) > 1
    below = Fenced("()", place(divisor)) if several else _operand(divisor)
    return row(_operand(numerator), Operator("/", tight=True), below)


def _operand(expression: IndexExpression) -> Layout:
    inner = place(expression)
    return Fenced("()", inner) if is_compound(expression) else inner


def letter(each: Letter) -> Name:
    """A letter with its role and what it means."""
    return Name(each.symbol, f"{each.kind}:{each.symbol}", _meaning(each))


def _meaning(each: Letter) -> str:
    """What an index means, and how far it runs."""
    if each.size is None or not each.ranged:
        return each.words
    from .text import layout_text

    last = layout_text(place(each.size - 1))
    return f"{each.words}, {'always 0' if last == '0' else f'0 to {last}'}"
