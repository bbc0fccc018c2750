"""Which forward indices read a given element?  The affine places of a reference, inverted.

The forward equation reads X at rows ``i·s + u·d − p``.  Going backward the question is the other
way round: row h is given, which i and u met there?  Three rules answer it, axis by axis:

* a bare index *is* the given one;
* an output index in a sum is freed: ``i·s + u·d − p = h`` becomes ``i = (h + p − u·d)/s``, which
  must be a whole number in range;
* group arithmetic is a number written with digits: ``g·C_g + c = k`` with c < C_g has the digits
  c = k mod C_g and g = ⌊k / C_g⌋, and ⌊o / O_g⌋ = g leaves the O_g values from g·O_g on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .expressions import Let, SumIndex
from .indices import (
    Atom,
    Floor,
    IndexExpression,
    Letter,
    Monomial,
    Remainder,
    bracketed,
    floor,
    quotient,
    remainder,
    whole,
)


@dataclass
class Solution:
    """The forward indices in terms of the given element's indices.

    Attributes:
        values: forward indices that follow at once, always in range.
        lets: forward indices that follow, but may fall between or beyond the places that exist.
        ranges: forward indices of which only a range is known.
    """

    values: dict[str, IndexExpression] = field(default_factory=dict)
    lets: list[Let] = field(default_factory=list)
    ranges: list[SumIndex] = field(default_factory=list)

    @property
    def solved(self) -> set[str]:
        """The symbols of all forward indices about which something is known."""
        lets = (let.letter.symbol for let in self.lets)
        ranges = (loop.letter.symbol for loop in self.ranges)
        return {*self.values, *lets, *ranges}


@dataclass(frozen=True)
class _Digits:
    """``⌊variable / divisor⌋ mod base = value``; base None means all that is left."""

    variable: Letter
    divisor: IndexExpression
    base: IndexExpression | None
    value: IndexExpression


def solve(
    places: Sequence[IndexExpression],
    axes: Sequence[IndexExpression],
    free: Sequence[Letter],
    keep: Sequence[Letter],
) -> Solution:
    """Solve ``places[k] = axes[k]`` for the forward indices.

    Args:
        places: the indices of a reference in the forward equation.
        axes: the indices of the element that is given.
        free: forward indices to solve for (those of the output).
        keep: forward indices that stay free where one of the others can be solved for.
    """
    solution = Solution()
    digits: list[_Digits] = []
    for place, axis in zip(places, axes, strict=True):
        letter = place.letter
        if letter is not None and letter.symbol not in solution.values:
            solution.values[letter.symbol] = axis
        else:
            _solve_axis(place, axis, free, keep, solution, digits)
    _join_digits(digits, solution)
    return solution


def _solve_axis(
    place: IndexExpression,
    value: IndexExpression,
    free: Sequence[Letter],
    keep: Sequence[Letter],
    solution: Solution,
    digits: list[_Digits],
) -> None:
    if (found := _digits_of(place, value)) is not None:
        digits.append(found)
    elif (split := _lowest_digit(place, keep, free)) is not None:
        low, base, higher = split
        solution.values[low.symbol] = remainder(value, base)
        _solve_axis(higher, floor(value, base), free, keep, solution, digits)
    else:
        solution.lets.append(_isolate(place, value, free))


def _isolate(place: IndexExpression, value: IndexExpression, free: Sequence[Letter]) -> Let:
    """``a·x + r = value`` as ``x = (value − r)/a`` for the first of the ``free`` letters in it."""
    for letter in free:
        split = place.coefficient_of(letter.symbol)
        if split is not None and split[0] != whole(0):
            factor, rest = split
            return Let(letter, quotient(value - rest, factor))
    raise ValueError("this place cannot be solved for an index")


def _lowest_digit(
    place: IndexExpression, keep: Sequence[Letter], free: Sequence[Letter]
) -> tuple[Letter, IndexExpression, IndexExpression] | None:
    """(c, C, q) where the place is ``q·C + c`` and c runs below C."""
    for letter in keep:
        split = place.coefficient_of(letter.symbol)
        if split is None or split[0] != whole(1) or letter.size is None:
            continue
        if letter.size.constant is not None:  # a window, whose last step may be incomplete
            continue
        higher = _without_factor(split[1], letter.size)
        if higher is not None and higher.letter not in free:  # else it is a window, too
            return letter, letter.size, higher
    return None


def _without_factor(expression: IndexExpression, factor: IndexExpression) -> IndexExpression | None:
    """``expression / factor`` where every part of it shows the factor, else None."""
    if not expression.terms or len(factor.terms) != 1:
        return None
    number, atoms = factor.terms[0]
    parts = []
    for coefficient, monomial in expression.terms:
        rest = _remove(monomial, atoms)
        if rest is None or coefficient % number:
            return None
        parts.append((coefficient // number, rest))
    return IndexExpression(tuple(parts))


def _remove(monomial: Monomial, atoms: Monomial) -> tuple[Atom, ...] | None:
    left = list(monomial)
    for atom in atoms:
        if atom not in left:
            return None
        left.remove(atom)
    return tuple(left)


def _digits_of(place: IndexExpression, value: IndexExpression) -> _Digits | None:
    match place.atom:
        case Floor(numerator, divisor) if numerator.letter is not None:
            return _Digits(numerator.letter, divisor, None, value)
        case Remainder(numerator, base):
            inner = _digits_of(numerator, value)
            if inner is not None and inner.base is None:
                return _Digits(inner.variable, inner.divisor, base, value)
            if numerator.letter is not None:
                return _Digits(numerator.letter, whole(1), base, value)
    return None


def _join_digits(digits: Sequence[_Digits], solution: Solution) -> None:
    """Put the digits of each variable together again."""
    for variable in dict.fromkeys(digit.variable for digit in digits):
        lowest, *higher = _in_order([each for each in digits if each.variable == variable])
        number = whole(0)
        for digit in (*reversed(higher), lowest):
            base = whole(1) if digit.base is None else digit.base
            number = bracketed(number) * base + digit.value
        if lowest.divisor == whole(1):
            solution.values[variable.symbol] = number
        else:  # nothing is said about what lies below the lowest digit
            start = bracketed(number) * lowest.divisor
            solution.ranges.append(SumIndex(variable, start, lowest.divisor))


def _in_order(digits: Sequence[_Digits]) -> list[_Digits]:
    """The digits of one variable from the lowest to the highest, each next to its neighbor."""
    by_divisor = {each.divisor: each for each in digits}
    above = {each.divisor * each.base for each in digits if each.base is not None}
    chain = [each for each in digits if each.divisor not in above][:1]
    while chain and (base := chain[-1].base) is not None:
        following = by_divisor.get(chain[-1].divisor * base)
        if following is None:
            break
        chain.append(following)
    if len(chain) != len(digits):
        raise ValueError(f"the digits of {digits[0].variable.symbol} do not form one number")
    return chain
