"""What evaluating one element gives back: its terms, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from .expressions import Cases, Expression, Number


class Factor(NamedTuple):
    """One factor of a product.

    Attributes:
        symbol: the tensor it was read from ("X"), or the text of a coefficient ("1/N").
        index: where it was read; empty for a coefficient.
        value: the number.
    """

    symbol: str
    index: tuple[int, ...]  # type: ignore[assignment]  # hides tuple.index, which nobody needs
    value: Number


class Term(NamedTuple):
    """One product of the sum.

    Attributes:
        product: the factors' values multiplied, coefficient and sign included.
        factors: what it is the product of.
        index: the values of the summed indices (n, i, j, ...), also of those that follow from them.
    """

    product: Number
    factors: tuple[Factor, ...]
    index: dict[str, int]  # type: ignore[assignment]


@dataclass(frozen=True)
class ElementEvaluation:
    """One element of the left-hand side, taken apart.

    Attributes:
        index: the element.
        terms: products whose sum is ``total``, in the order of the loops.
        total: the element's value.
        possible: how many products the sum has on paper.
        skipped: how many of them are missing because something they read does not exist.
        conditions: sentences that say why products are missing; none if none is.
        candidates: for a maximum, every number that took part; ``terms`` holds the winner.
        sizes: the values of all letters.
        values: what the parts of the equation outside its sum were worth.
        chosen: the branch that held, for an equation with cases.
    """

    index: tuple[int, ...]
    terms: list[Term]
    total: Number
    possible: int
    skipped: int
    conditions: tuple[str, ...]
    candidates: list[Term] = field(default_factory=list)
    sizes: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[Expression, Number] = field(default_factory=dict)
    chosen: Mapping[Cases, Expression] = field(default_factory=dict)
