"""Visit the places of a sum: at every one that exists, the factors of its product.

Along a stretch of the innermost loop every index that is read moves in equal steps, so the places
are Python ranges side by side; that keeps one element of dW on a batch of 64 images (43,264
products) well below a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import repeat
from math import prod
from typing import Protocol

from .domain import Linear, Requirement, Stretch, linear, stretches
from .expressions import Comparison, Expression, Maximum, Product, Sum, SumIndex, descendants
from .indices import IndexExpression
from .reading import Reader
from .tensors import Reference, Tensor
from .terms import Factor, Term

# What Factor._make and Term._make do, without their detour through Python code.
_factor = partial(tuple.__new__, Factor)
_term = partial(tuple.__new__, Term)

Values = Mapping[str, int]
Known = Mapping[str, int | Linear]
Places = list[dict[str, int]]


# The values of one factor at the places of a stretch.
Column = Callable[[Stretch, Places], list[Factor]]


class Context(Protocol):
    """What a visit needs to know from the evaluation it belongs to."""

    def size(self, expression: IndexExpression, values: Values) -> int:
        """The number behind a size."""

    def reader(self, tensor: Tensor) -> Reader:
        """How elements of a tensor are read."""

    def holds(self, condition: Comparison, values: Values) -> bool:
        """Whether a condition is true."""

    def factor(self, expression: Expression, values: Values) -> Factor:
        """One factor, evaluated."""


class Visit:
    """All products of one sum (or candidates of one maximum).

    Attributes:
        possible: how many there are on paper, whether or not what they read exists.
    """

    def __init__(self, node: Sum | Maximum, values: Values, context: Context) -> None:
        own = {loop.letter.symbol for loop in node.loops}
        if not own.isdisjoint(values):  # a loop hides an index of the same name outside
            values = {symbol: value for symbol, value in values.items() if symbol not in own}
        self._values = values
        self._context = context
        self._loops = self._ranges(node.loops)
        self.possible = prod(len(allowed) for _, allowed in self._loops)
        self._body = node.body
        self._lets = node.lets if isinstance(node, Sum) else ()
        self._only = node.only if isinstance(node, Sum) else None

    def _ranges(self, loops: Iterable[SumIndex]) -> list[tuple[str, range]]:
        """The loops' ranges; once one is empty, the sizes of the others do not matter."""
        ranges: list[tuple[str, range]] = []
        for loop in loops:
            count = self._context.size(loop.count, self._values)
            start = self._context.size(loop.start, self._values) if count > 0 else 0
            ranges.append((loop.letter.symbol, range(start, start + count)))
            if count <= 0:
                break
        return ranges

    def terms(self) -> Iterator[Term]:
        """The products, in the order of the loops."""
        if not self.possible:
            return
        factors = self._body.factors if isinstance(self._body, Product) else (self._body,)
        followers = {let.letter.symbol: linear(let.expression, self._values) for let in self._lets}
        known: Known = {**self._values, **followers}
        requirements = list(self._requirements(known))
        if not self._loops:
            yield from self._single(factors, followers, requirements)
            return
        columns = [self._column(factor, known) for factor in factors]
        for stretch in stretches(self._loops, requirements):
            places = _places(stretch, followers)
            rows = list(zip(*(column(stretch, places) for column in columns), strict=True))
            products = [prod([factor.value for factor in row]) for row in rows]
            terms = map(_term, zip(products, rows, places, strict=True))
            yield from terms if self._only is None else filter(self._counts, terms)

    def _counts(self, term: Term) -> bool:
        """Whether a term belongs to those that a sum is restricted to."""
        return self._only is None or self._context.holds(self._only, {**self._values, **term.index})

    def _single(
        self,
        factors: tuple[Expression, ...],
        followers: Mapping[str, Linear],
        requirements: list[Requirement],
    ) -> Iterator[Term]:
        """The one product of a sum without loops, if what it reads exists."""
        if all(requirement.holds for requirement in requirements):
            index = {symbol: place.number for symbol, place in followers.items()}
            row = tuple(self._context.factor(each, {**self._values, **index}) for each in factors)
            yield Term(prod([factor.value for factor in row]), row, index)

    def _requirements(self, known: Known) -> Iterator[Requirement]:
        """Whatever follows, or is read at a computed place, has to exist."""
        for let in self._lets:
            if let.letter.size is not None:
                size = self._context.size(let.letter.size, self._values)
                yield Requirement(linear(let.expression, self._values), size)
        for each in descendants(self._body):
            if isinstance(each, Reference):
                yield from self._inside(each, known)

    def _inside(self, reference: Reference, known: Known) -> Iterator[Requirement]:
        letters = reference.tensor.letters
        for place, axis in zip(reference.indices or (), letters, strict=False):
            if place.letter is None and place.constant is None and axis.size is not None:
                size = self._context.size(axis.size, self._values)
                yield Requirement(linear(place, known), size)

    def _column(self, factor: Expression, known: Known) -> Column:
        """How the values of one factor along a stretch are found; what can be, is done before."""
        if isinstance(factor, Reference) and factor.indices is not None:
            return self._read(factor.tensor, [linear(each, known) for each in factor.indices])
        if self._is_fixed(factor):
            fixed = self._context.factor(factor, self._values)
            return lambda stretch, places: [fixed] * len(places)
        return lambda stretch, places: [
            self._context.factor(factor, {**self._values, **place}) for place in places
        ]

    def _read(self, tensor: Tensor, axes: list[Linear]) -> Column:
        read, symbol = self._context.reader(tensor), tensor.symbol

        def column(stretch: Stretch, places: Places) -> list[Factor]:
            if not axes:  # a single number
                return [Factor(symbol, (), read(()))] * len(places)
            indices = list(zip(*(_along(axis, stretch) for axis in axes), strict=True))
            return list(map(_factor, zip(repeat(symbol), indices, map(read, indices))))

        return column

    def _is_fixed(self, factor: Expression) -> bool:
        """Whether a factor is the same at every place: it reads nothing."""
        return not any(isinstance(each, Reference | Maximum | Sum) for each in descendants(factor))


def _places(stretch: Stretch, followers: Mapping[str, Linear]) -> Places:
    """The values of all summed indices along a stretch."""
    columns = {symbol: _along(place, stretch) for symbol, place in followers.items()}
    if not columns:
        return [{**stretch.outer, stretch.inner: value} for value in stretch.values]
    rows = zip(stretch.values, *columns.values(), strict=True)
    return [
        {**stretch.outer, stretch.inner: value, **dict(zip(columns, others, strict=True))}
        for value, *others in rows
    ]


def _along(place: Linear, stretch: Stretch) -> Sequence[int]:
    """The values of a place along a stretch: all equal, or in equal steps."""
    factor = place.coefficients.get(stretch.inner, 0)
    first = (place.numerator(stretch.outer) + factor * stretch.values[0]) // place.divisor
    step = factor * stretch.values.step // place.divisor
    count = len(stretch.values)
    return range(first, first + step * count, step) if step else [first] * count
