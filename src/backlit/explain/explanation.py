"""The explanation of one number, as data: which terms add up to it, and by which equations.

An :class:`Explanation` is made of :class:`Part`: one for each layer that contributes to the number.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from backlit.equations import (
    ElementEvaluation,
    Equation,
    Factor,
    Formula,
    Phrase,
    Term,
    format_number,
)
from backlit.equations.typeset.layout import Digits, Fenced, Layout, Operator, Words, row

from .address import Address
from .agreement import Agreement
from .words import json_number, json_rows

_LISTED = 4  # products written out in an equation with numbers
_POSITIONS = (("i", "j"), ("h", "w"), ("u", "v"))
_CHANNELS = ("o", "c", "k", "m")


def magnitude(term: Term) -> float:
    """The size of a term, its sign left aside."""
    return abs(float(term.product))


@dataclass(frozen=True)
class Part:
    """What one layer contributes to a number.

    Attributes:
        layer: the layer whose equation it is; "the loss" for softmax and cross-entropy.
        equation: the equation in letters.
        evaluation: the same for the one element, taken apart.
        arrays: what each letter stands for here, ``{"X": "relu1.output", "W": "conv2.weight"}``.
        inside: how large the numbers are that cancel inside its terms; see :mod:`.agreement`.
    """

    layer: str
    equation: Equation = field(repr=False)
    evaluation: ElementEvaluation = field(repr=False)
    arrays: Mapping[str, str] = field(repr=False)
    inside: float = field(default=0.0, repr=False)

    @property
    def terms(self) -> list[Term]:
        """The products of this part, in the order of the equation's loops."""
        return self.evaluation.terms

    @property
    def size(self) -> float:
        """Σ|terms|, and the sizes of what cancels inside them."""
        return sum(map(magnitude, self.terms)) + self.inside

    @property
    def total(self) -> float:
        """The sum of this part's terms."""
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
        """Where a factor was read, ``conv2.weight[3,0,1,1]``; of a coefficient its own text."""
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


@dataclass(frozen=True)
class Grid:
    """A small map of numbers.

    Attributes:
        title: what it shows.
        role: the color role of its numbers, as in equations: "tensor:X", "error:dY", ...
        rows: the numbers; None where there is none.
        marked: (row, column) of the cells that are spoken of.
    """

    title: str
    role: str
    rows: tuple[tuple[float | None, ...], ...]
    marked: tuple[tuple[int, int], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """For JSON: the fields."""
        return {
            "title": self.title,
            "role": self.role,
            "rows": json_rows(self.rows),
            "marked": [list(cell) for cell in self.marked],
        }


def position_grid(title: str, role: str, groups: Sequence[Subtotal]) -> Grid | None:
    """Subtotals by (row, column) as a map, the largest marked; None where there is but one."""
    cells = {tuple(group.index.values()): group.total for group in groups}
    if len(cells) < 2:
        return None
    height, width = (1 + max(cell[k] for cell in cells) for k in (0, 1))
    rows = tuple(tuple(cells.get((i, j)) for j in range(width)) for i in range(height))
    row, column = max(cells, key=lambda cell: abs(cells[cell]))
    return Grid(title, role, rows, ((row, column),))


@dataclass(frozen=True, eq=False)
class Explanation:
    """One number of a network, taken apart: data alone, made by :func:`.trace.make_explanation`.

    Attributes:
        address: where the number is found in the network.
        value: the number itself, as the engine computed it.
        gradient: dL/d of it, the engine's own; None where the network computes none.
        explained: whether the terms add up to the "gradient" (parameters, pixels, errors) or to
            the "value" (outputs, probabilities, the loss).
        parts: the equations at work; several where paths of the network meet.
        agreement: the terms' total beside the engine's own value.
        sentence: what the number is made of, in words.
        notes: conventions that mattered here, and what is often misunderstood.
        nothing: why the number is exactly 0, if all of its several terms are 0; else "".
        dtype: what the network computes in.
    """

    address: Address
    value: float
    gradient: float | None
    explained: str
    parts: tuple[Part, ...]
    agreement: Agreement
    sentence: str
    notes: tuple[str, ...]
    nothing: str
    dtype: np.dtype[Any]

    @cached_property
    def terms(self) -> list[Term]:
        """The products that add up to the number, in the order of the equation's loops."""
        return [term for part in self.parts for term in part.terms]

    @property
    def total(self) -> float:
        """The sum of the terms."""
        return self.agreement.total

    @property
    def engine_value(self) -> float:
        """The number as the engine computed it: the value, or the gradient (see ``explained``)."""
        return self.agreement.engine

    @property
    def equation(self) -> Formula:
        """The equation in letters; where several paths meet, the sum of the paths."""
        return (
            self.parts[0].equation
            if len(self.parts) == 1
            else paths_formula(self.address, self.parts)
        )

    @property
    def numbers(self) -> Formula:
        """The equation with the numbers of this element put in."""
        if len(self.parts) == 1:
            return self.parts[0].numbers
        return paths_numbers(self.address, self.parts, self.total)

    def by_magnitude(self, count: int | None = None) -> list[Term]:
        """The largest terms, their signs left aside; all of them if no count is given."""
        return sorted(self.terms, key=magnitude, reverse=True)[:count]

    def subtotals(self, *letters: str) -> list[Subtotal]:
        """The terms added up by some of their indices, as in ``subtotals("i", "j")``."""
        return subtotals(self.terms, letters)

    @property
    def by_image(self) -> list[Subtotal]:
        """One subtotal for each image; empty where the sum does not run over images."""
        return self.subtotals("n")

    @property
    def by_position(self) -> list[Subtotal]:
        """One subtotal for each position of a map or of a window; empty where there is none."""
        found = (self.subtotals(*letters) for letters in _POSITIONS)
        return next((each for each in found if each), [])

    @property
    def by_channel(self) -> list[Subtotal]:
        """One subtotal for each filter, channel or unit; empty where there is none."""
        found = (self.subtotals(letter) for letter in _CHANNELS)
        return next((each for each in found if each), [])

    @property
    def position_map(self) -> Grid | None:
        """:attr:`by_position` as a map; None where the sum does not run over positions."""
        return position_grid("added up position by position", "gradient:dW", self.by_position)

    def to_dict(self, limit: int | None = None) -> dict[str, Any]:
        """For JSON; of the terms the first ``limit`` in loop order, by default all.

        Keys: ``address``, ``value``, ``gradient``, ``explained``, ``equation``, ``numbers``,
        ``sentence``, ``notes``, ``parts``, ``agreement``, ``term_count``, ``terms``, ``by_image``,
        ``by_position``, ``by_channel``.  A number that is not finite is written ``"NaN"``,
        ``"Infinity"`` or ``"-Infinity"``.
        """
        terms = [part.term_to_dict(term) for part in self.parts for term in part.terms[:limit]]
        return {
            "address": str(self.address),
            "value": json_number(self.value),
            "gradient": json_number(self.gradient),
            "explained": self.explained,
            "equation": self.equation.text(),
            "numbers": self.numbers.text(),
            "sentence": self.sentence,
            "notes": list(self.notes),
            "parts": [part.to_dict() for part in self.parts],
            "agreement": self.agreement.to_dict(),
            "term_count": len(self.terms),
            "terms": terms[:limit],
            "by_image": [each.to_dict() for each in self.by_image],
            "by_position": [each.to_dict() for each in self.by_position],
            "by_channel": [each.to_dict() for each in self.by_channel],
        }

    def to_json(self, limit: int | None = None, indent: int | None = 2) -> str:
        """:meth:`to_dict` as JSON text."""
        return json.dumps(self.to_dict(limit), indent=indent, ensure_ascii=False, allow_nan=False)


def paths_formula(address: Address, parts: Sequence[Part]) -> Phrase:
    """``relu1.error[…] = error through conv2 + error through add1``."""
    return _sum(address.name, [Words(f"error through {part.layer}") for part in parts])


def paths_numbers(address: Address, parts: Sequence[Part], total: float) -> Phrase:
    """``relu1.error[0,1,2,3] = 0.0123 + (−0.02) = −0.0077``."""
    numbers = [Digits(format_number(part.total)) for part in parts]
    fenced = [
        Fenced("()", each) if place and part.total < 0 else each
        for place, (each, part) in enumerate(zip(numbers, parts, strict=True))
    ]
    phrase = _sum(str(address), fenced)
    return Phrase(row(phrase.layout, Operator("="), Digits(format_number(total))))


def _sum(left: str, parts: Sequence[Layout]) -> Phrase:
    boxes: list[Layout] = [Words(left)]
    for place, part in enumerate(parts):
        boxes += [Operator("+" if place else "="), part]
    return Phrase(row(*boxes))
