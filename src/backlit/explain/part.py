"""One equation at work: its terms for one element, and which arrays its letters stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from backlit.equations import ElementEvaluation, Equation, Factor, Phrase, Term

from .jsonable import json_number

_LISTED = 4  # products written out in an equation with numbers


def magnitude(term: Term) -> float:
    """How large a term is, its sign left aside."""
    return abs(float(term.product))


@dataclass(frozen=True)
class Part:
    """What one layer contributes to a number.

    Attributes:
        layer: the layer whose equation it is; "the loss" for softmax and cross-entropy.
        equation: the equation in letters.
        evaluation: the same for the one element, taken apart.
        arrays: what each letter stands for here, ``{"X": "relu1.output", "W": "conv2.weight"}``.
    """

    layer: str
    equation: Equation = field(repr=False)
    evaluation: ElementEvaluation = field(repr=False)
    arrays: Mapping[str, str] = field(repr=False)

    @property
    def terms(self) -> list[Term]:
        """The products, in the order of the equation's loops."""
        return self.evaluation.terms

    @property
    def total(self) -> float:
        """Their sum."""
        return float(self.evaluation.total)

    @property
    def numbers(self) -> Phrase:
        """The equation with the numbers put in; of a long sum the largest products."""
        evaluation = self.evaluation
        if len(self.terms) > _LISTED:
            largest = sorted(self.terms, key=magnitude, reverse=True)
            evaluation = replace(evaluation, terms=largest)
        return self.equation.with_numbers(evaluation, limit=_LISTED)

    def source(self, factor: Factor) -> str:
        """Where a factor was read, ``conv2.weight[3,0,1,1]``; its own text for a coefficient."""
        name = self.arrays.get(factor.symbol)
        if name is None:
            return factor.symbol
        return f"{name}[{','.join(map(str, factor.index))}]" if factor.index else name

    def term_to_dict(self, term: Term) -> dict[str, Any]:
        """A term for JSON: ``product``, ``index``, ``through`` (the layer) and ``factors``."""
        return {
            "product": json_number(term.product),
            "index": dict(term.index),
            "through": self.layer,
            "factors": [
                {"symbol": f.symbol, "source": self.source(f), "value": json_number(f.value)}
                for f in term.factors
            ],
        }

    def to_dict(self) -> dict[str, Any]:
        """For JSON: everything but the terms themselves."""
        return {
            "layer": self.layer,
            "equation": self.equation.text(),
            "numbers": self.numbers.text(),
            "words": self.equation.words,
            "conditions": [
                *(condition.text() for condition in self.equation.conditions),
                *self.evaluation.conditions,
            ],
            "arrays": dict(self.arrays),
            "terms": len(self.terms),
            "total": json_number(self.total),
        }


@dataclass(frozen=True)
class Subtotal:
    """Terms that belong together, added up.

    Attributes:
        index: what they have in common, ``{"n": 3}`` or ``{"i": 0, "j": 4}``.
        total: their sum.
        count: how many they are.
    """

    index: dict[str, int]
    total: float
    count: int

    def to_dict(self) -> dict[str, Any]:
        """For JSON: the fields."""
        return {"index": self.index, "total": json_number(self.total), "count": self.count}


def subtotals(terms: Iterable[Term], letters: tuple[str, ...]) -> list[Subtotal]:
    """The terms added up by the values of some of their indices, in the order in which they occur.

    Terms without one of these indices (a bias in a forward sum) are left out.
    """
    groups: dict[tuple[int, ...], list[float]] = {}
    for term in terms:
        if all(letter in term.index for letter in letters):
            key = tuple(term.index[letter] for letter in letters)
            groups.setdefault(key, []).append(float(term.product))
    return [
        Subtotal(dict(zip(letters, key, strict=True)), sum(products), len(products))
        for key, products in groups.items()
    ]
