"""One equation: written once, read by people, typeset, evaluated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, SupportsIndex

from .evaluation import evaluate
from .expressions import Expression, Number, Sum, descendants
from .indices import Letter
from .program import element_program, scatter_program
from .sizes import Definition
from .tensors import Reference, Tensor
from .terms import ElementEvaluation
from .typeset import Formula, Layout, Phrase, arrange
from .typeset.layout import Operator, row
from .worked import with_numbers

EquationKind = Literal["forward", "gradient", "face", "update"]


def of_kind(kind: str, letters: Mapping[str, str]) -> dict[str, str]:
    """Of letters by role those of one kind, by symbol."""
    prefix = f"{kind}:"
    return {r.removeprefix(prefix): words for r, words in letters.items() if r.startswith(prefix)}


@dataclass(frozen=True)
class Written:
    """How an equation is shown where that differs from how one element is worked out.

    Attributes:
        left: the element.
        relation: "=" or "+=".
        right: what it is, or what is added to it.
        leaves: whether the element's place may lie outside; then nothing happens there.
    """

    left: Reference
    relation: str
    right: Expression
    leaves: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class Equation(Formula):
    """``left = right``, and what a reader needs with it.

    Attributes:
        name: what it gives: "output", "gradient of the weights", ...
        kind: "forward", "gradient", "face" (another way to write a gradient) or "update".
        left: the element that it gives.
        right: what that element is.
        words: the same in one sentence.
        conditions: what the signs alone do not say, as typeset phrases.
        vocabulary: all tensors of the operation; their shapes tell the sizes.
        definitions: sizes that follow from others.
        sources: equations of tensors that need not be given, since they can be worked out.
        skipped_words: what is the matter with the products that do not exist.
        relation: "=" or "←".
        written: how it is shown, where that differs.
    """

    name: str
    kind: EquationKind
    left: Reference
    right: Expression
    words: str
    conditions: tuple[Phrase, ...] = ()
    vocabulary: tuple[Tensor, ...] = ()
    definitions: tuple[Definition, ...] = ()
    sources: tuple[Equation, ...] = ()
    skipped_words: str = ""
    relation: str = "="
    written: Written | None = None

    def __repr__(self) -> str:
        return f"<Equation {self}>"

    @cached_property
    def layout(self) -> Layout:
        """The boxes to show."""
        shown = self.written or Written(self.left, self.relation, self.right)
        return row(arrange(shown.left), Operator(shown.relation), arrange(shown.right))

    @property
    def letters(self) -> dict[str, str]:
        """Every letter in it and its conditions by role ("index:u"), with what it means."""
        found = super().letters
        for condition in self.conditions:
            found |= {role: words for role, words in condition.letters.items() if role not in found}
        return found

    @property
    def indices(self) -> dict[str, str]:
        """Every index in it and its conditions: symbol -> meaning."""
        return of_kind("index", self.letters)

    @property
    def running(self) -> list[Letter]:
        """The indices of its tensors and of its sums, which know how far they run."""
        sums = [each for each in descendants(self.right) if isinstance(each, Sum)]
        return [
            *(letter for tensor in self.vocabulary for letter in tensor.letters),
            *(loop.letter for each in sums for loop in each.loops),
        ]

    def evaluate(
        self,
        index: Sequence[SupportsIndex],
        tensors: Mapping[str, Any],
        sizes: Mapping[str, Number] | None = None,
    ) -> ElementEvaluation:
        """One element of the left-hand side as the list of terms whose sum it is.

        Args:
            index: which element; as many numbers as the left-hand side has indices.
            tensors: arrays or nested lists by symbol ("X", "W", "dY", ...).  More than the
                equation reads may be given; their shapes tell sizes, too.
            sizes: values of letters that no shape tells, such as {"s": 2, "ε": 1e-5}.

        Raises:
            AddressError: there is no such element.
            ConfigurationError: a tensor or a size is missing.
            ShapeError: shapes and sizes that contradict each other.
        """
        return evaluate(self, index, tensors, sizes)

    def with_numbers(
        self, evaluation: ElementEvaluation, limit: int = 4, digits: int = 4
    ) -> Phrase:
        """The equation with the numbers of one element put in.

        Args:
            evaluation: what :meth:`evaluate` gave.
            limit: of a longer sum only so many terms are written out.
            digits: significant digits of each number.
        """
        return with_numbers(self, evaluation, limit, digits)

    @property
    def scatters(self) -> bool:
        """Whether it says where each product goes: ``dX[n,c,2i+u,2j+v] += …``."""
        return self.written is not None and self.written.left != self.left

    def python(self) -> str:
        """Python that computes one element from nested lists, as plain loops.

        It takes as known the letters on the left-hand side, the sizes, and all tensors that are
        read, whether given or worked out by ``sources``; its result has the name of the left-hand
        side.  If the equation :attr:`scatters`, the program writes into an array of that name,
        which has to begin with zeros, at all places that the loops reach.
        """
        return scatter_program(self) if self.scatters else element_program(self)

    def about_skipped(self, skipped: int, possible: int) -> tuple[str, ...]:
        """A sentence about the products that do not exist, if there are any."""
        if not skipped or not self.skipped_words:
            return ()
        return (f"{skipped:,} of {possible:,} products are left out: {self.skipped_words}.",)
