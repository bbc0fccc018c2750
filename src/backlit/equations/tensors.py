"""Tensors by name, and references to their elements: ``X[n, c, h, w]``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from types import EllipsisType
from typing import Literal

from .expressions import Expression
from .glyphs import glyph
from .indices import IndexExpression, Letter, whole

TensorKind = Literal["tensor", "error", "gradient"]


@dataclass(frozen=True)
class Tensor:
    """The name of an array of numbers.

    Attributes:
        symbol: as it is written: "X", "dW", "x̂"; also the key under which its numbers are given.
        axes: one index for each axis; their sizes are the shape.  None means that the operation
            works on each number for itself, whatever the shape.
        words: what it is, for readers.
        kind: "tensor", "error" (dL/d of something computed) or "gradient" (dL/d of something
            learned); with the symbol it is the color role.
        learned: whether the numbers are parameters, so that dL/d of them is a gradient.
        alias: another key under which its numbers may be given, in plain ASCII.
    """

    symbol: str
    axes: tuple[IndexExpression, ...] | None
    words: str
    kind: TensorKind = "tensor"
    learned: bool = False
    alias: str = ""

    def __getitem__(
        self, indices: EllipsisType | IndexExpression | int | tuple[IndexExpression | int, ...]
    ) -> Reference:
        """``X[n, c, h, w]``; ``X[...]`` is the element at the place of the left-hand side."""
        if isinstance(indices, EllipsisType):
            return Reference(self, None)
        places = indices if isinstance(indices, tuple) else (indices,)
        return Reference(self, tuple(whole(place) for place in places))

    @property
    def role(self) -> str:
        """The color role, for example "error:dY"."""
        return f"{self.kind}:{self.symbol}"

    @cached_property
    def letters(self) -> tuple[Letter, ...]:
        """The letters of the axes; none for a tensor of any shape."""
        return tuple(axis.letter for axis in self.axes or () if axis.letter is not None)

    @property
    def gradient(self) -> Tensor:
        """dL/d of this tensor: for X the error dX, for W the gradient dW."""
        kind: TensorKind = "gradient" if self.learned else "error"
        letter = glyph(self.symbol).text
        name = "gradient" if self.learned else "error"
        words = f"dL/d{letter}, the {name} of {letter}: how the loss changes with it"
        alias = f"d{self.alias}" if self.alias else ""
        return replace(
            self, symbol=f"d{self.symbol}", kind=kind, learned=False, words=words, alias=alias
        )


@dataclass(frozen=True)
class Reference(Expression):
    """One element of a tensor; ``indices`` None means the one at the left-hand side's place."""

    tensor: Tensor
    indices: tuple[IndexExpression, ...] | None
