"""The loops that compute one element of an equation.

::

    dW = 0
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                h, w = 2 * i + u - 1, 2 * j + v - 1
                if 0 <= h < IH and 0 <= w < IW:
                    dW += dY[n][o][i][j] * X[n][c][h][w]

Tensors are nested lists.  What it takes as known are the letters on the left-hand side, here o, c,
u and v, and the sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ..expressions import (
    Cases,
    Comparison,
    Expression,
    Indicator,
    Maximum,
    Product,
    Sum,
    Total,
    Wins,
    descendants,
)
from ..indices import IndexExpression
from ..tensors import Reference
from .checks import ComputedPlace, steps, winner
from .places import identifier
from .values import ADDED, CHOICE, MULTIPLIED, Values, span

if TYPE_CHECKING:
    from ..equation import Equation

INDENT = "    "


def element_program(equation: Equation) -> str:
    """Python that computes one element, its name the symbol of the left-hand side.

    It is made to be read.  It knows nothing of the sources of an equation: whatever they give is
    taken as a tensor like the others.
    """
    return "\n".join(_ProgramWriter(equation).lines())


class _ProgramWriter:
    """Writes one equation."""

    def __init__(self, equation: Equation) -> None:
        self._equation = equation
        self._target = identifier(equation.left.tensor.symbol)
        self._values = Values()
        # Places that are computed leave their range only where the equation says so.
        self._may_leave = bool(equation.conditions)
        self._fixed = {
            each.letter.symbol for each in equation.left.indices or () if each.letter is not None
        }

    def lines(self) -> Iterator[str]:
        """The whole program."""
        right, target = self._equation.right, self._target
        match right:
            case Cases(branches):
                yield from self._branches(branches)
            case Maximum():
                yield f"{target} = -inf"
                yield from self._walk(right, lambda text: f"{target} = max({target}, {text})")
            case Total(parts) if len(parts) > 1 and any(isinstance(p, Sum) for _, p in parts):
                yield from self._parts(parts)
            case Total(((sign, part),)):
                yield from self._part(part, "-" if sign < 0 else "")
            case _:
                yield from self._part(right, "")

    def _branches(
        self, branches: tuple[tuple[Expression, Comparison | None], ...]
    ) -> Iterator[str]:
        for number, (value, condition) in enumerate(branches):
            if condition is None:
                yield "else:"
            else:
                yield f"{'elif' if number else 'if'} {self._values.comparison(condition)}:"
            yield f"{INDENT}{self._target} = {self._values.text(value)}"

    def _part(self, part: Expression, sign: str) -> Iterator[str]:
        """The only part: a sum, perhaps between factors, or what needs no loop."""
        target = self._target
        factors = part.factors if isinstance(part, Product) else (part,)
        inner = next((each for each in factors if isinstance(each, Sum)), None)
        if inner is None:
            yield f"{target} = {sign}{self._values.text(part, MULTIPLIED if sign else CHOICE)}"
            return
        yield f"{target} = 0"
        yield from self._walk(inner, lambda text: f"{target} += {text}")
        others = [self._values.text(each, MULTIPLIED) for each in factors if each is not inner]
        if others or sign:
            yield f"{target} = {sign}{' * '.join([*others, target])}"

    def _parts(self, parts: tuple[tuple[int, Expression], ...]) -> Iterator[str]:
        """Several, of which some are sums: all are added to the same name."""
        target = self._target
        for number, (sign, part) in enumerate(parts):
            adding = f"{target} {'-=' if sign < 0 else '+='} "
            if isinstance(part, Sum):
                if not number:
                    yield f"{target} = 0"
                yield from self._walk(part, adding.__add__)
            elif number:
                yield adding + self._values.text(part, ADDED)
            else:
                yield f"{target} = {'-' if sign < 0 else ''}{self._values.text(part, MULTIPLIED)}"

    def _walk(self, node: Sum | Maximum, finish: Callable[[str], str]) -> Iterator[str]:
        """The loops; inside them whatever has to exist; and then what is done with the product."""
        depth = 0
        for loop in node.loops:
            yield f"{INDENT * depth}for {identifier(loop.letter.symbol)} in {span(loop)}:"
            depth += 1
        places = list(self._places(node))
        values = Values({each.expression: each.name for each in places})
        only = node.only if isinstance(node, Sum) else None
        wins = next(filter(None, map(_wins, factors_of(node.body))), None)
        for line in (
            *steps(places, self._may_leave),
            *([] if only is None else [f"if {values.comparison(only)}:"]),
            *([] if wins is None else winner(wins)),
        ):
            yield f"{INDENT * depth}{line}"
            depth += line.endswith(":")
        factors = tuple(each for each in factors_of(node.body) if _wins(each) is None)
        body = factors[0] if len(factors) == 1 else Product(factors)
        yield f"{INDENT * depth}{finish(values.text(body, ADDED))}"

    def _places(self, node: Sum | Maximum) -> Iterator[ComputedPlace]:
        """What follows from the loops: places with letters of their own, and those of the reads.

        The latter get the names of the axes that they are on.  Where a weight is read is written
        out, so that the turned filter is seen as ``W[o][c][2 - u][2 - v]``.
        """
        lets = node.lets if isinstance(node, Sum) else ()
        taken = self._fixed | {loop.letter.symbol for loop in node.loops}
        taken |= {let.letter.symbol for let in lets}
        for let in lets:
            yield ComputedPlace(identifier(let.letter.symbol), let.expression, let.letter.size)
        known: set[IndexExpression] = set()
        for where, axis in _computed(node.body):
            if where in known or axis.letter is None:
                continue
            name = axis.letter.symbol
            while name in taken:
                name += "_"
            taken.add(name)
            known.add(where)
            yield ComputedPlace(name, where, axis.letter.size)


def factors_of(body: Expression) -> tuple[Expression, ...]:
    """The factors of a product; anything else is one."""
    return body.factors if isinstance(body, Product) else (body,)


def _wins(factor: Expression) -> Wins | None:
    """The condition of ``[(h, w) wins (i, j)]``."""
    if isinstance(factor, Indicator) and isinstance(factor.condition, Wins):
        return factor.condition
    return None


def _computed(body: Expression) -> Iterator[tuple[IndexExpression, IndexExpression]]:
    """The computed places at which a product reads, but for weights and windows, with the axes."""
    for each in factors_of(body):
        if _wins(each) is not None:
            continue
        for found in descendants(each):
            if isinstance(found, Reference) and not found.tensor.learned:
                axes = found.tensor.axes or ()
                for where, axis in zip(found.indices or (), axes, strict=True):
                    if where.letter is None and where.constant is None:
                        yield where, axis
