"""What a program consists of in any language: its functions, and who calls which.

A language writes the calls as it likes; which function a layer calls, what it is given and where
the results go is the same in all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from backlit.equations.tensors import Tensor

from .description import Description, PlacedLayer
from .functions import Function, LayerKind, Use, uses
from .printing import identifier


@dataclass(frozen=True)
class Kept:
    """Where an array of a layer is kept: ``W["conv1"]``, or a layer's output ``Y["conv1"]``."""

    letter: str
    layer: str


@dataclass(frozen=True)
class Program:
    """A description, and the functions that its layers need."""

    description: Description

    @cached_property
    def uses(self) -> list[Use]:
        """What each layer does."""
        return uses(self.description)

    @cached_property
    def operators(self) -> list[LayerKind]:
        """Each once, in the order in which layers use them."""
        found = {id(use.operator): use.operator for use in self.uses if use.operator}
        return list(found.values())

    @property
    def functions(self) -> Iterator[Function]:
        """All functions in the order in which a reader meets them."""
        for operator in self.operators:
            every = (operator.statistics, operator.forward, operator.backward)
            yield from (each for each in every if each is not None)

    @cached_property
    def learned(self) -> dict[str, str]:
        """The letters of all that is learned, and what they stand for: "W", "b", "gamma"."""
        return self._letters(learned=True)

    @cached_property
    def taking_part(self) -> dict[str, str]:
        """The letters of what else takes part: "mu" and "sigma2" of batch norms, "M" of masks."""
        return self._letters(learned=False)

    def _letters(self, learned: bool) -> dict[str, str]:
        found: dict[str, str] = {}
        for use in self.uses:
            parameters, letters = use.part.parameters, use.part.layer.letters
            arguments = (
                {a.symbol: a.words for a in use.operator.forward.arguments} if use.operator else {}
            )
            for name, symbol in letters.items():
                if symbol in arguments and (name in parameters) == learned:
                    found.setdefault(identifier(symbol), arguments[symbol])
        return found

    @cached_property
    def has_modes(self) -> bool:
        """Whether some layer works otherwise in training."""
        return self.description.training and bool(self.taking_part)

    @cached_property
    def trained(self) -> frozenset[str]:
        """The layers that need an error: at or before them there is something to learn."""
        found: set[str] = set()
        for part in self.description.parts:
            if part.parameters or any(name in found for name in part.inputs):
                found.add(part.name)
        return frozenset(found)

    def argument(self, part: PlacedLayer, tensor: Tensor) -> Kept:
        """Where what a function is given for a tensor is kept."""
        symbol = tensor.symbol
        if symbol == "dY":
            return Kept("dY", part.name)
        if symbol == "Y":
            return Kept("Y", part.name)
        if symbol.startswith("X"):
            return Kept("Y", part.inputs[int(symbol[1:] or 1) - 1])
        return Kept(identifier(symbol), part.name)

    def result(self, part: PlacedLayer, tensor: Tensor) -> Kept:
        """Where a result of a layer's backward pass is to be kept."""
        symbol = tensor.symbol
        if symbol.startswith("dX"):
            return Kept("dY", part.inputs[int(symbol[2:] or 1) - 1])
        return Kept(identifier(symbol), part.name)
