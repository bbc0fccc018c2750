"""From a forward equation to the gradient equation of one of its operands.

Let the output be a sum of products, and R an operand that occurs in the products once::

    Y[out] = … + Σ_{sum} R[r(out, sum)] · others

By the chain rule every product in which R[k] took part passes its output's error back, times the
other factors of that product::

    dR[k] = Σ over those (out, sum) with r(out, sum) = k of   dY[out] · others

Nothing else happens here: :mod:`.solving` turns "those with r(out, sum) = k" into indices that
are replaced, indices that follow, and indices that the new sum runs over.
"""

from __future__ import annotations

from dataclasses import dataclass

from .expressions import (
    Cases,
    Expression,
    Let,
    Product,
    Sum,
    SumIndex,
    Total,
    descendants,
    over,
)
from .indices import IndexExpression, Letter
from .solving import Solution, solve
from .substitution import substitute
from .tensors import Reference, Tensor


@dataclass(frozen=True)
class Derived:
    """The two sides of a derived gradient equation."""

    left: Reference
    right: Expression


def derive(
    left: Reference, right: Expression, operand: Tensor, keep_output: bool = False
) -> Derived:
    """The gradient equation for ``operand`` of the forward equation ``left = right``.

    Args:
        left: the output.
        right: what it is.
        operand: the tensor whose gradient is wanted.
        keep_output: where output and summed indices meet in one place, sum over the output
            indices and solve for the others, instead of the other way round.

    Raises:
        ValueError: the right-hand side is not linear in the operand in the way above.
    """
    loops, factors = _products(right, operand)
    reference, others = _split(factors, operand)
    error = Reference(left.tensor.gradient, left.indices)
    if left.indices is None or reference.indices is None:
        return Derived(Reference(operand.gradient, reference.indices), _times(error, others))
    if operand.axes is None:
        raise ValueError(f"{operand.symbol} has no axes to solve for")
    out = [each.letter for each in left.indices if each.letter is not None]
    summed = [loop.letter for loop in loops]
    free = summed if keep_output else out
    solution = solve(reference.indices, operand.axes, free, summed)
    place = Reference(operand.gradient, operand.axes)
    return Derived(place, _gathered(solution, left.indices, loops, _times(error, others)))


def _gathered(
    solution: Solution,
    out: tuple[IndexExpression, ...],
    loops: tuple[SumIndex, ...],
    body: Expression,
) -> Expression:
    """The sum over every forward index about which nothing is known, constants before it."""
    free = (*over(*out), *loops)
    known = {each.letter: each for each in solution.ranges}
    remaining = tuple(
        known.get(loop.letter, loop)
        for loop in free
        if loop.letter in known or loop.letter.symbol not in solution.solved
    )
    values, lets = _settled(solution, {loop.letter for loop in remaining})
    body = substitute(body, values)
    factors = body.factors if isinstance(body, Product) else (body,)
    constant = [each for each in factors if not _reads(each)]
    inner = [each for each in factors if _reads(each)]
    rest = Product(tuple(inner)) if len(inner) > 1 else inner[0]
    if remaining:
        rest = Sum(remaining, rest, lets)
    return Product((*constant, rest)) if constant else rest


def _settled(
    solution: Solution, running: set[Letter]
) -> tuple[dict[str, IndexExpression], tuple[Let, ...]]:
    """An index that follows from the given place alone always exists: a value, not a let."""
    values, lets = dict(solution.values), []
    for let in solution.lets:
        if running.isdisjoint(let.expression.letters()):
            values[let.letter.symbol] = let.expression
        else:
            lets.append(let)
    return values, tuple(lets)


def _products(right: Expression, operand: Tensor) -> tuple[tuple[SumIndex, ...], list[Expression]]:
    """The loops and factors of the one product in which the operand occurs."""
    match right:
        case Total(parts):
            inside = [(sign, part) for sign, part in parts if _contains(part, operand)]
            if len(inside) != 1 or inside[0][0] != 1:
                raise ValueError(f"{operand.symbol} must occur in exactly one part of the sum")
            return _products(inside[0][1], operand)
        case Sum(loops, body, (), None):
            more, factors = _products(body, operand)
            return (*loops, *more), factors
        case Cases(branches):  # which branch holds depends on the place alone, as does its part
            (branch,) = [value for value, _ in branches if _contains(value, operand)]
            return _products(branch, operand)
        case Product(factors):
            holders = [each for each in factors if _contains(each, operand)]
            if len(holders) != 1:
                raise ValueError(f"{operand.symbol} must occur in exactly one factor")
            (holder,) = holders
            loops, inner = _products(holder, operand)
            return loops, [each for f in factors for each in (inner if f is holder else [f])]
    return (), [right]


def _split(factors: list[Expression], operand: Tensor) -> tuple[Reference, list[Expression]]:
    """The operand's reference, and the other factors."""
    own = [each for each in factors if isinstance(each, Reference) and each.tensor == operand]
    others = [each for each in factors if each not in own]
    if len(own) != 1 or any(_contains(each, operand) for each in others):
        raise ValueError(f"{operand.symbol} must occur exactly once, as a factor")
    return own[0], others


def _contains(expression: Expression, operand: Tensor) -> bool:
    return any(
        isinstance(each, Reference) and each.tensor == operand for each in descendants(expression)
    )


def _reads(expression: Expression) -> bool:
    return any(isinstance(each, Reference) for each in descendants(expression))


def _times(error: Reference, others: list[Expression]) -> Expression:
    return Product((error, *others)) if others else error
