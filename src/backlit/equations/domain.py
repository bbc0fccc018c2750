"""The places a sum visits: those at which everything that is read exists, and no others.

Most products of a gradient exist only for some values of the loops: the input lies inside the
image, the quotient is a whole number.  Testing every combination would cost far more than the sum
itself, so each loop's range is narrowed by solving the bounds for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import gcd, lcm

from .indices import Atom, Bracketed, Floor, IndexExpression, Letter, Quotient


@dataclass(frozen=True)
class Linear:
    """``(constant + Σ coefficient · letter) / divisor``, all numbers known."""

    constant: int
    coefficients: Mapping[str, int]
    divisor: int = 1

    def numerator(self, values: Mapping[str, int]) -> int:
        """The value above the line; letters without a value count as 0."""
        return self.constant + sum(
            factor * values.get(symbol, 0) for symbol, factor in self.coefficients.items()
        )

    @property
    def number(self) -> int:
        """The value, where no letters are left."""
        return self.constant // self.divisor


@dataclass(frozen=True)
class Requirement:
    """A place must be a whole number from 0 to ``size − 1``."""

    place: Linear
    size: int

    @property
    def holds(self) -> bool:
        """Whether the place exists, where no letters are left."""
        return self.place.constant % self.place.divisor == 0 and 0 <= self.place.number < self.size

    def narrow(self, symbol: str, allowed: range, values: Mapping[str, int]) -> range:
        """The part of ``allowed`` (step included) for which the place exists."""
        factor = self.place.coefficients[symbol]
        rest = self.place.numerator(values)  # symbol itself has no value yet
        largest = (self.size - 1) * self.place.divisor
        bounds = (-rest, largest - rest) if factor > 0 else (rest - largest, rest)
        allowed = _between(allowed, -(-bounds[0] // abs(factor)), bounds[1] // abs(factor))
        divisor = self.place.divisor
        first = next((x for x in allowed[:divisor] if (rest + factor * x) % divisor == 0), None)
        if first is None:
            return range(0)
        period = divisor // gcd(factor * allowed.step, divisor)
        return range(first, allowed.stop, allowed.step * period)


def _between(allowed: range, low: int, high: int) -> range:
    """The members of an ascending range from ``low`` to ``high``."""
    skipped = max(0, -(-(low - allowed.start) // allowed.step))
    return range(allowed.start + skipped * allowed.step, min(allowed.stop, high + 1), allowed.step)


@dataclass(frozen=True)
class Stretch:
    """One stretch of the innermost loop: the outer values, and the inner ones in order."""

    outer: Mapping[str, int]
    inner: str
    values: range


def stretches(
    loops: Sequence[tuple[str, range]], requirements: Sequence[Requirement]
) -> Iterator[Stretch]:
    """All combinations of the loops that meet every requirement, in loop order."""
    order = [symbol for symbol, _ in loops]
    decided_by: dict[str, list[Requirement]] = {symbol: [] for symbol in order}
    for requirement in requirements:
        running = [symbol for symbol in order if symbol in requirement.place.coefficients]
        if running:
            decided_by[running[-1]].append(requirement)
        elif not requirement.holds:
            return
    yield from _descend(loops, decided_by, {})


def _descend(
    loops: Sequence[tuple[str, range]],
    decided_by: Mapping[str, Sequence[Requirement]],
    outer: Mapping[str, int],
) -> Iterator[Stretch]:
    (symbol, allowed), *inner = loops
    for requirement in decided_by[symbol]:
        allowed = requirement.narrow(symbol, allowed, outer)
    if not inner:
        if allowed:
            yield Stretch(outer, symbol, allowed)
        return
    for value in allowed:
        yield from _descend(inner, decided_by, {**outer, symbol: value})


def linear(expression: IndexExpression, values: Mapping[str, int | Linear]) -> Linear:
    """The expression with numbers, or other linear forms, for the letters that are known.

    Raises:
        KeyError: a size or an option that is not known.
        ValueError: what is left is not linear in the indices.
    """
    total = Linear(0, {})
    for coefficient, atoms in expression.terms:
        product = Linear(coefficient, {})
        for atom in atoms:
            product = _product(product, _atom(atom, values))
        total = _sum(total, product)
    return total


def _atom(atom: Atom, values: Mapping[str, int | Linear]) -> Linear:
    match atom:
        case Letter(symbol):
            value = values.get(symbol)
            if value is None and atom.kind != "index":
                raise KeyError(symbol)
            if value is None:
                return Linear(0, {symbol: 1})
            return value if isinstance(value, Linear) else Linear(value, {})
        case Bracketed(inner):
            return linear(inner, values)
    above, below = linear(atom.numerator, values), linear(atom.divisor, values)
    if below.coefficients:
        raise ValueError("a place that is divided by an index")
    if isinstance(atom, Quotient):
        return Linear(above.constant, above.coefficients, above.divisor * below.number)
    if above.coefficients:
        raise ValueError("a place that is not linear in the loops")
    quotient, rest = divmod(above.number, below.number)
    return Linear(quotient if isinstance(atom, Floor) else rest, {})


def _product(a: Linear, b: Linear) -> Linear:
    if a.coefficients:
        a, b = b, a
    if a.coefficients:
        raise ValueError("a place in which two loops are multiplied")
    return Linear(
        a.constant * b.constant,
        {symbol: a.constant * factor for symbol, factor in b.coefficients.items() if a.constant},
        a.divisor * b.divisor,
    )


def _sum(a: Linear, b: Linear) -> Linear:
    divisor = lcm(a.divisor, b.divisor)
    by_a, by_b = divisor // a.divisor, divisor // b.divisor
    coefficients = {s: factor * by_a for s, factor in a.coefficients.items()}
    for symbol, factor in b.coefficients.items():
        coefficients[symbol] = coefficients.get(symbol, 0) + factor * by_b
    nonzero = {s: factor for s, factor in coefficients.items() if factor}
    return Linear(a.constant * by_a + b.constant * by_b, nonzero, divisor)
