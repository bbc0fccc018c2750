"""An operation of a network: its forward equation, its gradients, and everything around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .equation import Equation, of_kind
from .indices import IndexExpression, Letter
from .typeset import Phrase


@dataclass(frozen=True, eq=False, repr=False)
class Operation:
    """What an operation computes and how the error passes through it.

    Attributes:
        name: as :func:`~backlit.equations.operation` knows it: "conv2d".
        title: for readers: "Convolution, stride 2, padding 1".
        steps: the forward equations in order; the last one gives the output.
        gradients: "weight", "bias" and "input" (several inputs: "input1", "input2", ...) -> the
            equation of dL/d of it.
        shapes: how large the output is.
        faces: other ways to write a gradient, by name.
        notes: what a reader should know, in whole sentences.
    """

    name: str
    title: str
    steps: tuple[Equation, ...]
    gradients: Mapping[str, Equation] = field(default_factory=dict)
    shapes: tuple[Phrase, ...] = ()
    faces: Mapping[str, Equation] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Operation {self.name}: {self.title}>"

    @property
    def forward(self) -> Equation:
        """The equation of the output."""
        return self.steps[-1]

    def equations(self) -> Iterator[Equation]:
        """All equations, each once: forward, gradients, other faces."""
        seen: set[int] = set()
        for equation in (*self.steps, *self.gradients.values(), *self.faces.values()):
            if id(equation) not in seen:
                seen.add(id(equation))
                yield equation

    @property
    def letters(self) -> dict[str, str]:
        """Every letter a reader meets by role ("tensor:X"), each explained once.

        Those of the explanations are among them: n runs "0 to N−1", so N is explained too.
        """
        found: dict[str, str] = {}
        for each in (*self.equations(), *self.shapes):
            found |= {role: words for role, words in each.letters.items() if role not in found}
        for letter in self._behind(found):
            found.setdefault(f"{letter.kind}:{letter.symbol}", letter.words)
        return found

    def _behind(self, shown: Mapping[str, str]) -> list[Letter]:
        """The sizes that the shown indices run to, and what C/G and the like are made of."""
        known = [letter for equation in self.equations() for letter in equation.running]
        ranges = [
            each.size
            for each in known
            if each.ranged and each.size and f"index:{each.symbol}" in shown
        ]
        sizes = [letter for size in ranges for letter in size.letters()]
        symbols = {letter.symbol for letter in sizes}
        for equation in self.equations():
            for definition in equation.definitions:
                if definition.symbol in symbols and isinstance(
                    definition.expression, IndexExpression
                ):
                    sizes += definition.expression.letters()
        return sizes

    @property
    def indices(self) -> dict[str, str]:
        """Every index: symbol -> meaning."""
        return of_kind("index", self.letters)

    @property
    def tensors(self) -> dict[str, str]:
        """Every tensor, error and gradient: symbol -> meaning."""
        letters = self.letters
        kinds = (of_kind(kind, letters) for kind in ("tensor", "error", "gradient"))
        return {symbol: words for kind in kinds for symbol, words in kind.items()}

    @property
    def sizes(self) -> dict[str, str]:
        """Every size and option that was left a letter: symbol -> meaning."""
        return {**of_kind("size", self.letters), **of_kind("option", self.letters)}
