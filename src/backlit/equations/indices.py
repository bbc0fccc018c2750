"""Whole-number expressions: the places at which tensors are read, and their sizes.

``i·s + u·d − p`` says which row of the image filter row u meets at output row i.  An expression is
a sum of products of *atoms*: letters, and the three ways in which whole numbers are divided here,

* ``⌊a / b⌋``, rounded down (which window, which group),
* ``a mod b``, the remainder (which channel inside its group),
* ``a / b`` without remainder: an input row that no output row meets simply has no such place.

Letters whose value is known are numbers from the start, so ``i·1 + u·1 − 0`` *is* ``i + u``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import Literal, TypeAlias

LetterKind = Literal["index", "size", "option"]


@dataclass(frozen=True)
class Letter:
    """A letter that stands for a whole number.

    Attributes:
        symbol: as it is written: "u", "kH", "C_g".
        kind: "index" (it runs), "size" (how far an index runs) or "option" (stride, padding, ...).
        size: for an index, the number of values it takes, beginning with 0.
        words: what it means, for readers.
        ranged: whether readers are told how far it runs; not where that differs from use to use.
    """

    symbol: str
    kind: LetterKind
    size: IndexExpression | None = field(default=None, compare=False, repr=False)
    words: str = field(default="", compare=False, repr=False)
    ranged: bool = field(default=True, compare=False, repr=False)

    def evaluate(self, values: Mapping[str, int]) -> int:
        """The number for these values of the letters."""
        return values[self.symbol]


@dataclass(frozen=True)
class Floor:
    """``⌊numerator / divisor⌋``; with a ``label`` g it is written as the function g(numerator)."""

    numerator: IndexExpression
    divisor: IndexExpression
    label: str | None = field(default=None, compare=False)

    def evaluate(self, values: Mapping[str, int]) -> int:
        """The number for these values of the letters."""
        return self.numerator.evaluate(values) // self.divisor.evaluate(values)


@dataclass(frozen=True)
class Remainder:
    """``numerator mod divisor``."""

    numerator: IndexExpression
    divisor: IndexExpression

    def evaluate(self, values: Mapping[str, int]) -> int:
        """The number for these values of the letters."""
        return self.numerator.evaluate(values) % self.divisor.evaluate(values)


@dataclass(frozen=True)
class Quotient:
    """``numerator / divisor``, which is meant only where no remainder is left."""

    numerator: IndexExpression
    divisor: IndexExpression

    def evaluate(self, values: Mapping[str, int]) -> int:
        """The number for these values of the letters; ArithmeticError where a rest is left."""
        quotient, rest = divmod(self.numerator.evaluate(values), self.divisor.evaluate(values))
        if rest:
            raise ArithmeticError("a place that is no whole number")
        return quotient


@dataclass(frozen=True)
class Bracketed:
    """An expression kept together for the reader, as ``(kH − 1)`` in ``d·(kH − 1)``."""

    inner: IndexExpression

    def evaluate(self, values: Mapping[str, int]) -> int:
        """The number for these values of the letters."""
        return self.inner.evaluate(values)


Atom: TypeAlias = Letter | Floor | Remainder | Quotient | Bracketed
Monomial: TypeAlias = tuple[Atom, ...]
Term: TypeAlias = tuple[int, Monomial]  # a coefficient and the atoms it is multiplied with


@dataclass(frozen=True, eq=False)
class IndexExpression:
    """A sum of products of atoms with whole-number coefficients, in the order it was written."""

    terms: tuple[Term, ...]

    def __add__(self, other: IndexExpression | int) -> IndexExpression:
        return _collect([*self.terms, *whole(other).terms])

    def __radd__(self, other: int) -> IndexExpression:
        return whole(other) + self

    def __neg__(self) -> IndexExpression:
        return self * -1

    def __sub__(self, other: IndexExpression | int) -> IndexExpression:
        return self + -whole(other)

    def __rsub__(self, other: int) -> IndexExpression:
        return whole(other) - self

    def __mul__(self, other: IndexExpression | int) -> IndexExpression:
        return _collect([(a * b, (*m, *k)) for a, m in self.terms for b, k in whole(other).terms])

    def __rmul__(self, other: int) -> IndexExpression:
        return whole(other) * self

    @cached_property
    def _key(self) -> frozenset[tuple[frozenset[tuple[Atom, int]], int]]:
        return frozenset((_unordered(atoms), coefficient) for coefficient, atoms in self.terms)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IndexExpression) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def constant(self) -> int | None:
        """The number it is, or None where it has letters."""
        if not self.terms:
            return 0
        (coefficient, atoms), *more = self.terms
        return None if atoms or more else coefficient

    @cached_property
    def atom(self) -> Atom | None:
        """The one atom it consists of, or None."""
        match self.terms:
            case ((1, (atom,)),):
                return atom
        return None

    @property
    def letter(self) -> Letter | None:
        """The one letter it consists of, or None."""
        return self.atom if isinstance(self.atom, Letter) else None

    def letters(self) -> Iterator[Letter]:
        """All letters in it, also those inside divisions, as often as they occur."""
        for _, atoms in self.terms:
            for atom in atoms:
                match atom:
                    case Letter():
                        yield atom
                    case Bracketed(inner):
                        yield from inner.letters()
                    case Floor() | Remainder() | Quotient():
                        yield from atom.numerator.letters()
                        yield from atom.divisor.letters()

    def evaluate(self, values: Mapping[str, int]) -> int:
        """The number it is for these values of its letters.

        Raises:
            KeyError: a letter without a value.
            ArithmeticError: a quotient that leaves a remainder.
        """
        return sum(
            coefficient * prod(atom.evaluate(values) for atom in atoms)
            for coefficient, atoms in self.terms
        )

    def substitute(self, values: Mapping[str, IndexExpression | int]) -> IndexExpression:
        """The same with letters replaced, and simplified."""
        total = whole(0)
        for coefficient, atoms in self.terms:
            product = whole(coefficient)
            for atom in atoms:
                product = product * _replace(atom, values)
            total = total + product
        return total

    def coefficient_of(self, symbol: str) -> tuple[IndexExpression, IndexExpression] | None:
        """(a, r) such that the expression is ``a·letter + r``; None where it is not so simple."""
        factor, rest = whole(0), whole(0)
        for coefficient, atoms in self.terms:
            bare = [a for a in atoms if isinstance(a, Letter) and a.symbol == symbol]
            others = tuple(a for a in atoms if a not in bare)
            one = IndexExpression(((coefficient, others),))
            if any(letter.symbol == symbol for letter in one.letters()) or len(bare) > 1:
                return None
            factor, rest = (factor + one, rest) if bare else (factor, rest + one)
        return factor, rest


def letter_of(expression: IndexExpression) -> Letter:
    """The one letter that an index consists of.

    Raises:
        TypeError: it is more than a letter.
    """
    if expression.letter is None:
        raise TypeError("expected a single index")
    return expression.letter


def _unordered(atoms: Monomial) -> frozenset[tuple[Atom, int]]:
    return frozenset(Counter(atoms).items())


def _collect(terms: Iterable[Term]) -> IndexExpression:
    """Add up like terms; a bracket that nothing multiplies is opened."""
    totals: dict[frozenset[tuple[Atom, int]], Term] = {}
    for coefficient, atoms in _opened(terms):
        key = _unordered(atoms)
        before, written = totals.get(key, (0, atoms))
        totals[key] = (before + coefficient, written)
    return IndexExpression(tuple(term for term in totals.values() if term[0]))


def _opened(terms: Iterable[Term]) -> Iterator[Term]:
    for coefficient, atoms in terms:
        match atoms:
            case (Bracketed(inner),):
                yield from ((coefficient * c, a) for c, a in inner.terms)
            case _:
                yield coefficient, atoms


def _replace(atom: Atom, values: Mapping[str, IndexExpression | int]) -> IndexExpression:
    match atom:
        case Letter():
            return whole(values[atom.symbol]) if atom.symbol in values else single(atom)
        case Bracketed(inner):
            return bracketed(inner.substitute(values))
    numerator, divisor = atom.numerator.substitute(values), atom.divisor.substitute(values)
    match atom:
        case Floor():
            return floor(numerator, divisor, atom.label)
        case Remainder():
            return remainder(numerator, divisor)
        case Quotient():
            return quotient(numerator, divisor)


def single(atom: Atom) -> IndexExpression:
    """The expression that is one atom."""
    return IndexExpression(((1, (atom,)),))


def whole(value: IndexExpression | int) -> IndexExpression:
    """A number as an expression; expressions stay what they are."""
    if isinstance(value, IndexExpression):
        return value
    return IndexExpression(((value, ()),) if value else ())


def index(
    symbol: str, size: IndexExpression | int, words: str, ranged: bool = True
) -> IndexExpression:
    """An index that runs from 0 to ``size − 1``."""
    return single(Letter(symbol, "index", whole(size), words, ranged))


def size(symbol: str, words: str) -> IndexExpression:
    """A letter for a size: how many images, channels, rows, ..."""
    return single(Letter(symbol, "size", None, words))


def option(symbol: str, words: str) -> IndexExpression:
    """A letter for an option whose value was left open: stride, padding, ..."""
    return single(Letter(symbol, "option", None, words))


def bracketed(inner: IndexExpression) -> IndexExpression:
    """``(inner)``, kept together when something is multiplied with it."""
    return inner if len(inner.terms) < 2 else single(Bracketed(inner))


def _divided(a: IndexExpression, b: IndexExpression) -> IndexExpression | None:
    """``a / b`` where that obviously leaves no remainder, else None."""
    number = b.constant
    if number and all(coefficient % number == 0 for coefficient, _ in a.terms):
        return IndexExpression(tuple((c // number, atoms) for c, atoms in a.terms))
    return None


def floor(
    a: IndexExpression | int, b: IndexExpression | int, label: str | None = None
) -> IndexExpression:
    """``⌊a / b⌋``."""
    a, b = whole(a), whole(b)
    if (simple := _divided(a, b)) is not None:
        return simple
    if a.constant is not None and b.constant:
        return whole(a.constant // b.constant)
    return single(Floor(a, b, label))


def remainder(a: IndexExpression | int, b: IndexExpression | int) -> IndexExpression:
    """``a mod b``."""
    a, b = whole(a), whole(b)
    if _divided(a, b) is not None:
        return whole(0)
    if a.constant is not None and b.constant:
        return whole(a.constant % b.constant)
    return single(Remainder(a, b))


def quotient(a: IndexExpression | int, b: IndexExpression | int) -> IndexExpression:
    """``a / b``, meant only where no remainder is left."""
    a, b = whole(a), whole(b)
    simple = _divided(a, b)
    return simple if simple is not None else single(Quotient(a, b))
