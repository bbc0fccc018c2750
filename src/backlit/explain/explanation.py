"""The explanation of one number: which terms add up to it, and what follows from it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from backlit.equations import Formula, Term

from .address import Address
from .agreement import Agreement
from .grid import Grid, position_grid
from .jsonable import json_number
from .part import Part, Subtotal, magnitude, subtotals
from .paths import paths_formula, paths_numbers

_POSITIONS = (("i", "j"), ("h", "w"), ("u", "v"))
_CHANNELS = ("o", "c", "k", "m")


@dataclass(frozen=True, eq=False)
class Explanation:
    """One number of a network, taken apart: data alone, made by :meth:`.trace.Trace.__getitem__`.

    Attributes:
        address: which number.
        value: what it is.
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
        """The products whose sum it is, in the order of the equation's loops."""
        return [term for part in self.parts for term in part.terms]

    @property
    def total(self) -> float:
        """The sum of the terms."""
        return self.agreement.total

    @property
    def engine_value(self) -> float:
        """What the engine computed."""
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
        """The equation with this element's numbers."""
        if len(self.parts) == 1:
            return self.parts[0].numbers
        return paths_numbers(self.address, self.parts, self.total)

    def by_magnitude(self, count: int | None = None) -> list[Term]:
        """The terms with the largest first, sign left aside."""
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
