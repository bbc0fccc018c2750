"""Whole-number expressions as Python: ``i·2 + u − 1`` is ``2 * i + u - 1``."""

from __future__ import annotations

import unicodedata

from ..indices import Atom, Bracketed, Floor, IndexExpression, Letter, Quotient, Remainder


def identifier(symbol: str) -> str:
    """A letter as a name that Python can read: σ² becomes σ2."""
    return unicodedata.normalize("NFKC", symbol)


def place(expression: IndexExpression) -> str:
    """The number, as an expression that adds; what is added comes first."""
    text = ""
    for coefficient, atoms in sorted(expression.terms, key=lambda term: term[0] < 0):
        sign = "-" if coefficient < 0 else "+"
        product = _product(abs(coefficient), atoms)
        if text:
            text += f" {sign} {product}"
        else:
            text = f"0 - {product}" if sign == "-" else product  # A[-u] counts from the end
    return text or "0"


def factor(expression: IndexExpression) -> str:
    """The same where something is multiplied with it or divides it."""
    constant = expression.constant
    plain = constant is not None and constant >= 0
    return place(expression) if plain or expression.letter else f"({place(expression)})"


def quotients(expression: IndexExpression) -> list[Quotient]:
    """The divisions in it that must leave no rest."""
    return [atom for _, atoms in expression.terms for atom in atoms if isinstance(atom, Quotient)]


def is_divided(expression: IndexExpression) -> bool:
    """Whether it is made by rounding down or of a remainder, and so never leaves its range."""
    atoms = [atom for _, atoms in expression.terms for atom in atoms]
    return any(isinstance(atom, Floor | Remainder) for atom in atoms)


def _product(coefficient: int, atoms: tuple[Atom, ...]) -> str:
    alone = coefficient == 1 and len(atoms) == 1
    factors = [_atom(atom, alone) for atom in atoms]
    if coefficient != 1 or not factors:
        factors.insert(0, str(coefficient))
    return " * ".join(factors)


def _atom(atom: Atom, alone: bool) -> str:
    match atom:
        case Letter(symbol):
            return identifier(symbol)
        case Bracketed(inner):
            return f"({place(inner)})"
    sign = "%" if isinstance(atom, Remainder) else "//"
    text = f"{factor(atom.numerator)} {sign} {factor(atom.divisor)}"
    return text if alone else f"({text})"
