"""A linear operation as one line inside loops: ``dW[o,c,u,v] += dY[n,o,i,j] · X[n,c,i+u,j+v]``.

Every result of a linear operation is such a line: for all values of the indices, one product is
added to one place.  It is how people write it, and so where they go wrong: in a place, a factor, or
in ``=`` for ``+=``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from backlit.equations import Equation, Operation
from backlit.equations.equation import Written
from backlit.equations.expressions import (
    Comparison,
    Constant,
    Expression,
    Indicator,
    Product,
    Sum,
    Total,
    WholeNumber,
    children,
    descendants,
)
from backlit.equations.indices import IndexExpression, Letter, whole
from backlit.equations.program.checks import ComputedPlace, steps
from backlit.equations.program.places import identifier, place
from backlit.equations.program.values import ADDED, Values
from backlit.equations.tensors import Reference, Tensor
from backlit.pure.nested import zeros

from .programs import Numbers, known_sizes, run

INDENT = "    "


@dataclass(frozen=True)
class AddedProduct:
    """One product of a sum.

    Attributes:
        places: of each factor that is a tensor, its symbol and where it was read.
        product: of these factors.
        counted: what was added, which may have other factors, too.
    """

    places: tuple[tuple[str, tuple[int, ...]], ...]
    product: Any
    counted: Any


@dataclass(frozen=True, eq=False)
class Accumulation:
    """For all indices: ``left relation product of the factors``; before that all is ``begin``.

    Attributes:
        equation: the right one, whose tensors and sizes these are.
        left: the place that a product goes to.
        factors: what it is the product of.
        relation: "+=", or "=" where only the last product stays.
        begin: what the place holds before the loops; None is 0.
        order: of the loops; it makes a difference for "=" only.
        guarded: whether nothing at all is done where a condition among the factors is false; it
            makes a difference for "=" only.
    """

    equation: Equation
    left: Reference
    factors: tuple[Expression, ...]
    relation: str = "+="
    begin: Expression | None = None
    guarded: bool = False
    order: str = "noijckuvfhw"

    def __str__(self) -> str:
        text = str(self.written())
        if self._unseen():
            text += f"  for all {', '.join(self._unseen())}"
        if any(each.symbol == "b" for each in self.equation.vocabulary) and self._is_output:
            text += f"  beginning with {self._beginning()}"
        return text

    def _beginning(self) -> str:
        if self.begin is None:
            return "0"
        written = Written(self.left, "=", self.begin, leaves=True)
        _, _, begin = str(replace(self.equation, kind="face", written=written)).partition(" = ")
        return begin

    @property
    def _is_output(self) -> bool:
        return self.left.tensor == self.equation.left.tensor and self.equation.kind != "gradient"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Accumulation):
            return NotImplemented
        return self._said == other._said

    def __hash__(self) -> int:
        return hash(self._said)

    @property
    def _said(self) -> tuple[object, ...]:
        return self.left, self.relation, self.factors, self.begin, self.guarded, self.order

    def written(self) -> Equation:
        """The same as an equation that can be typeset."""
        factors = self._shown() or (Constant(1),)
        line = Written(self.left, self.relation, Product(factors), leaves=True)
        return replace(self.equation, kind="face", written=line)

    def _shown(self) -> tuple[Expression, ...]:
        """The factors without those that only say which loops there are."""
        return tuple(each for each in self.factors if not _is_always(each))

    def _unseen(self) -> list[str]:
        """Indices that loops run over though no shown place has them."""
        seen = {a.symbol for each in (self.left, *self._shown()) for a in _free(each)}
        return [each.symbol for each in self.letters() if each.symbol not in seen]

    @property
    def references(self) -> Iterator[Reference]:
        """All that is read, and what is written, outside of inner sums."""
        yield self.left
        for each in self.factors:
            yield from (found for found in descendants(each) if isinstance(found, Reference))

    def reference(self, letter: str) -> Reference | None:
        """The reference to X or dX, W or dW, Y or dY."""
        return next((r for r in self.references if role_of(r.tensor) == letter), None)

    def at(self, letter: str, values: Mapping[str, IndexExpression | int]) -> Accumulation:
        """With indices replaced where X (or dX, for the letter "X") is read or written."""

        def moved(each: Expression) -> Expression:
            if isinstance(each, Reference) and role_of(each.tensor) == letter:
                places = tuple(where.substitute(values) for where in each.indices or ())
                return replace(each, indices=places)
            return each

        left = moved(self.left)
        assert isinstance(left, Reference)
        return replace(self, left=left, factors=tuple(map(moved, self.factors)))

    def places(self, letter: str, indices: Sequence[IndexExpression]) -> Accumulation:
        """With other places for X (or dX)."""

        def moved(each: Expression) -> Expression:
            found = isinstance(each, Reference) and role_of(each.tensor) == letter
            return replace(each, indices=tuple(indices)) if found else each  # type: ignore[type-var]

        left = moved(self.left)
        assert isinstance(left, Reference)
        return replace(self, left=left, factors=tuple(map(moved, self.factors)))

    def times(self, *more: Expression) -> Accumulation:
        """With more factors."""
        return replace(self, factors=(*self.factors, *more))

    def letters(self) -> list[Letter]:
        """The indices that the loops run over, in the order of the loops."""
        found: dict[str, Letter] = {}
        for each in (self.left, *self.factors):
            for letter in _free(each):
                found.setdefault(letter.symbol, letter)
        return sorted(found.values(), key=lambda letter: self._rank(letter.symbol))

    def _rank(self, symbol: str) -> int:
        return self.order.index(symbol) if symbol in self.order else len(self.order)

    def letter(self, symbol: str) -> Letter | None:
        """One of them by its symbol."""
        return next((each for each in self.letters() if each.symbol == symbol), None)

    def program(self) -> str:
        """Loops that do it, as Python on arrays of zeros; arrays and sizes by their letters."""
        return "\n".join(self._lines("add"))

    # --- numbers --------------------------------------------------------------------------------

    def compute(self, tensors: Mapping[str, Numbers], sizes: Mapping[str, int]) -> Numbers:
        """The whole array, by plain loops."""
        known = known_sizes(self.equation, tensors, sizes)
        shape = [_size(axis, known) for axis in self.left.tensor.axes or ()]
        target = zeros(*shape, zero=0)
        given = {**known, **tensors, "target": target}
        if self.begin is not None:
            run(_program(self.left, self._begin()), given)
        run(_program(self.left, self._lines("add")), given)
        return target

    def terms(
        self, index: tuple[int, ...], tensors: Mapping[str, Numbers], sizes: Mapping[str, int]
    ) -> list[AddedProduct]:
        """The products that went to one element."""
        known = known_sizes(self.equation, tensors, sizes)
        found: list[Any] = []
        if any(isinstance(factor, Sum) for factor in self.factors):
            return []  # its products are inside
        run(
            _program(self.left, self._lines("note")),
            {**known, **tensors, "target": None, "element": tuple(index), "found": found},
        )
        terms = [AddedProduct(*each) for each in found]
        return terms[-1:] if self.relation == "=" else [each for each in terms if each.counted]

    def _begin(self) -> Iterator[str]:
        depth = 0
        for axis in self.left.tensor.letters:
            yield f"{INDENT * depth}for {identifier(axis.symbol)} in range({_count(axis)}):"
            depth += 1
        assert self.begin is not None
        element = Values().read(replace(self.left, indices=self.left.tensor.axes))
        yield f"{INDENT * depth}{element} = {Values().text(self.begin)}"

    def _lines(self, what: str) -> Iterator[str]:
        depth = 0
        taken = set()
        for letter in self.letters():
            name = identifier(letter.symbol)
            taken.add(name)
            yield f"{INDENT * depth}for {name} in range({_count(letter)}):"
            depth += 1
        # A name that an inner sum counts with is another thing than a place outside of it.
        sums = (each for f in self.factors for each in descendants(f) if isinstance(each, Sum))
        inner = {identifier(loop.letter.symbol) for each in sums for loop in each.loops}
        computed = list(self._computed(taken | inner))
        values = Values({each.expression: each.name for each in computed})
        read = values.read
        lines = list(steps(computed, may_leave=True)) if computed else []
        factors = self.factors
        if self.guarded:
            guards = [f.condition for f in factors if isinstance(f, Indicator)]
            lines += [f"if {values.comparison(g)}:" for g in guards if isinstance(g, Comparison)]
            factors = tuple(f for f in factors if not isinstance(f, Indicator))
        body = values.text(Product(factors), ADDED) if factors else "1"
        if what == "add":
            lines.append(f"{read(self.left)} {self.relation} {body}")
        else:
            where = ", ".join(_place(each, values) for each in self.left.indices or ())
            lines.append(f"if ({where},) == element:")
            read_from = [each for each in self.factors if isinstance(each, Reference)]
            read_at = "".join(
                f"({each.tensor.symbol!r}, "
                f"({''.join(_place(at, values) + ', ' for at in each.indices or ())})), "
                for each in read_from
            )
            product = values.text(Product(tuple(read_from)), ADDED) if read_from else "1"
            lines.append(f"found.append((({read_at}), {product}, {body}))")
        for line in lines:
            yield f"{INDENT * depth}{line}"
            depth += line.endswith(":")

    def _computed(self, taken: set[str]) -> Iterator[ComputedPlace]:
        """Places that may lie outside of their axis, with names."""
        known: set[IndexExpression] = set()
        loops = {letter.symbol for letter in self.letters()}
        for each in self.references:
            for where, axis in zip(each.indices or (), each.tensor.letters, strict=True):
                inner = any(a.kind == "index" and a.symbol not in loops for a in where.letters())
                if where.constant is not None or where in known or where.letter == axis or inner:
                    continue
                name = identifier(axis.symbol)
                while name in taken:
                    name += "_"
                taken.add(name)
                known.add(where)
                yield ComputedPlace(name, where, axis.size)


def _place(where: IndexExpression, values: Values) -> str:
    return values._place(where)


def role_of(tensor: Tensor) -> str:
    """X for X and dX, W for W and dW."""
    return tensor.symbol.removeprefix("d")


def accumulations(operation: Operation) -> dict[str, Accumulation]:
    """The right line of each result: "output", "weight", "bias", "input", as far as they are.

    Args:
        operation: one whose forward equation is linear: a convolution, a dense layer, an average.
    """
    forward = operation.forward
    upstream = Reference(forward.left.tensor.gradient, forward.left.indices)
    vocabulary = (*forward.vocabulary, forward.left.tensor.gradient)
    plain = replace(forward, vocabulary=tuple(dict.fromkeys(vocabulary)))
    begin, factors = _taken_apart(forward.right)
    lines = {"output": Accumulation(plain, forward.left, factors, begin=begin)}
    for name, gradient in operation.gradients.items():
        tensor = gradient.left.tensor
        read = next(
            (f for f in factors if isinstance(f, Reference) and f.tensor.gradient == tensor), None
        )
        equation = replace(gradient, vocabulary=tuple(dict.fromkeys((*vocabulary, tensor))))
        if read is not None:
            others = tuple(each for each in factors if each is not read)
            lines[name] = Accumulation(equation, tensor_at(tensor, read), (upstream, *others))
        elif isinstance(begin, Reference) and begin.tensor.gradient == tensor:
            lines[name] = Accumulation(equation, tensor_at(tensor, begin), (upstream,))
    return lines


def tensor_at(tensor: Tensor, read: Reference) -> Reference:
    """``tensor`` at the place of another reference."""
    return Reference(tensor, read.indices)


def _taken_apart(right: Expression) -> tuple[Expression | None, tuple[Expression, ...]]:
    """``begin + Σ factors``."""
    parts = [part for _, part in right.parts] if isinstance(right, Total) else [right]
    begin = None
    factors: tuple[Expression, ...] = ()
    for part in parts:
        inner = part.factors if isinstance(part, Product) else (part,)
        total = next((each for each in inner if isinstance(each, Sum)), None)
        if total is None:
            begin = part
            continue
        body = total.body.factors if isinstance(total.body, Product) else (total.body,)
        factors = (*body, *(each for each in inner if each is not total))
    return begin, factors


def only(left: IndexExpression | int, relation: Any, right: IndexExpression | int) -> Indicator:
    """``[left relation right]``, 1 where it is true, else 0."""
    return Indicator(Comparison(WholeNumber(whole(left)), relation, WholeNumber(whole(right))))


def _is_always(factor: Expression) -> bool:
    """Whether it is an ``[n ≥ 0]``, which is always 1 and keeps the loop over n."""
    if not isinstance(factor, Indicator) or not isinstance(factor.condition, Comparison):
        return False
    right = factor.condition.right
    is_zero = right == Constant(0) or (isinstance(right, WholeNumber) and right == ZERO)
    return factor.condition.relation == "≥" and is_zero


ZERO = WholeNumber(whole(0))


def _free(expression: Expression) -> Iterator[Letter]:
    """Index letters that no inner sum binds."""
    match expression:
        case Reference(_, indices):
            yield from (a for where in indices or () for a in where.letters() if a.kind == "index")
        case WholeNumber(inner):
            yield from (a for a in inner.letters() if a.kind == "index")
        case Sum(loops, body, _, _):
            bound = {loop.letter.symbol for loop in loops}
            yield from (a for a in _free(body) if a.symbol not in bound)
        case _:
            for child in children(expression):
                yield from _free(child)


def _count(letter: Letter) -> str:
    assert letter.size is not None
    return place(letter.size)


def _size(axis: IndexExpression, known: Mapping[str, int]) -> int:
    assert axis.letter is not None
    assert axis.letter.size is not None
    return axis.letter.size.evaluate(known)


def _program(left: Reference, lines: Iterable[str]) -> str:
    """The lines, with the target under its own name."""
    name = identifier(left.tensor.symbol)
    return "\n".join([f"{name} = target" if name else "", *lines])
