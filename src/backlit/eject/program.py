"""What a program consists of in any language: its functions, and who calls which.

A language writes the calls as it likes; which function a layer calls, what it is given and where
the results go is the same in all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from backlit.equations.tensors import Tensor

from .description import Description, PlacedLayer
from .functions import Function, LayerKind, Use, uses
from .pictures import alphabet
from .printing import identifier


@dataclass(frozen=True)
class Kept:
    """Where an array of a layer is kept: ``W["conv1"]``, or a layer's output ``Y["conv1"]``.

    Without a layer it is an array on the way.
    """

    letter: str
    layer: str


@dataclass(frozen=True)
class LayerCall:
    """``results = function(arguments)``.

    Attributes:
        results: where they go; None for one that nobody needs.
        function: what is called.
        arguments: what it is given.
        options: the numbers that it is given by name.
    """

    results: tuple[Kept | None, ...]
    function: Function
    arguments: tuple[Kept, ...]
    options: Mapping[str, float]


@dataclass(frozen=True)
class HandOn:
    """``target = source``, or with ``adds`` the sum of what is there already and the source."""

    target: Kept
    source: Kept
    adds: bool = False


@dataclass(frozen=True)
class Program:
    """A description, and the functions that its layers need."""

    description: Description

    @cached_property
    def uses(self) -> list[Use]:
        """What each layer does."""
        return uses(self.description)

    @cached_property
    def kinds(self) -> list[LayerKind]:
        """Each once, in the order in which layers use them."""
        found = {id(use.kind): use.kind for use in self.uses if use.kind}
        return list(found.values())

    @property
    def functions(self) -> Iterator[Function]:
        """All functions in the order in which a reader meets them."""
        for kind in self.kinds:
            yield from kind.functions

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
            arguments = {a.symbol: a.words for a in use.kind.forward.arguments} if use.kind else {}
            for name, symbol in letters.items():
                if symbol in arguments and (name in parameters) == learned:
                    found.setdefault(identifier(symbol), arguments[symbol])
        return found

    @cached_property
    def remembered(self) -> list[str]:
        """The names of the running statistics, such as "running_mean"."""
        return list(dict.fromkeys(n for part in self.description.parts for n in part.buffers))

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

    # --- the numbers ---------------------------------------------------------------------------

    def arrays(self, part: PlacedLayer) -> dict[str, str]:
        """The arrays of a layer in the order in which they are stored: place -> name."""
        letters = part.layer.letters
        found = {f'{identifier(letters[name])}["{part.name}"]': name for name in part.parameters}
        extra = [letter for name, letter in letters.items() if name not in part.parameters]
        for buffer, letter in zip(part.buffers, extra, strict=False):
            kept = buffer if self.description.training else identifier(letter)
            found[f'{kept}["{part.name}"]'] = buffer
        return found

    @property
    def form(self) -> str:
        """All numbers as the module struct describes them: "<2698f"."""
        count = sum(len(each.values) for each in self.description.numbers.values())
        return f"<{count}{'f' if self.description.single else 'd'}"

    def sums(self, letter: str) -> dict[str, float]:
        """What is expected of the gradients of all parameters with a letter, by layer."""
        return {
            part.name: self.description.expected.gradients[f"{part.name}.{name}"]
            for part in self.description.parts
            for name in part.parameters
            if identifier(part.layer.letters[name]) == letter
        }

    @cached_property
    def levels(self) -> tuple[int, ...]:
        """The values of pixels, if they are few enough for a letter each; else ()."""
        return alphabet([*self.description.tests, *self.description.examples])

    @property
    def counts_steps(self) -> bool:
        """Whether the optimizer's rule needs the number of the step."""
        rule = self.description.rule
        return rule is not None and any(each.symbol == "t" for each in rule.equations.letters)

    # --- the layers ----------------------------------------------------------------------------

    def call(self, use: Use, function: Function, *results: Kept | None) -> LayerCall:
        """A layer's call of one of its functions."""
        arguments = tuple(self.argument(use.part, each) for each in function.arguments)
        return LayerCall(
            results, function, arguments, {s: use.options[s] for s in function.options}
        )

    def sides(self, use: Use) -> tuple[Kept, ...]:
        """What else takes part in a layer: mean and variance of a batch norm, a mask."""
        if use.kind is None:
            return ()
        arguments = use.kind.forward.arguments
        found = [each for each in arguments if identifier(each.symbol) in self.taking_part]
        return tuple(self.argument(use.part, each) for each in found)

    def backward(self) -> Iterator[LayerCall | HandOn]:
        """The way back, from the error of the last layer; errors that meet add up."""
        has_error = {self.description.output.name}
        for use in reversed(self.uses):
            if use.part.name not in self.trained:
                continue
            if use.kind is None or use.kind.backward is None:
                for name in use.part.inputs:
                    yield from self._hand_on(name, Kept("dY", use.part.name), has_error)
            else:
                yield from self._back(use, use.kind.backward, has_error)

    def _back(
        self, use: Use, function: Function, has_error: set[str]
    ) -> Iterator[LayerCall | HandOn]:
        results: list[Kept | None] = []
        later: list[tuple[str, Kept]] = []
        for tensor in function.results:
            kept = self.result(use.part, tensor)
            if kept.letter != "dY":
                results.append(kept)
            elif kept.layer not in self.trained:
                results.append(None)
            elif kept.layer in has_error:
                results.append(Kept(f"error{len(later) + 1}", ""))
                later.append((kept.layer, results[-1] or kept))
            else:
                has_error.add(kept.layer)
                results.append(kept)
        if any(results):
            yield self.call(use, function, *results)
        for name, error in later:
            yield from self._hand_on(name, error, has_error)

    def _hand_on(self, name: str, error: Kept, has_error: set[str]) -> Iterator[HandOn]:
        if name in self.trained:
            yield HandOn(Kept("dY", name), error, name in has_error)
            has_error.add(name)
