"""What all operations are built with: shared letters, and gradients derived from equations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..conditions import where_places_exist
from ..derivation import derive
from ..equation import Equation
from ..expressions import Constant, Expression, Number, Product, Scalar, Sum
from ..glyphs import glyph
from ..indices import IndexExpression, index, size
from ..tensors import Tensor
from ..typeset import Phrase

N = size("N", "number of images in the batch")
C = size("C", "number of input channels")
O = size("O", "number of filters, and so of output channels")  # noqa: E741

n = index("n", N, "image in the batch")
o = index("o", O, "filter, which is also the output channel")

NO_OUTPUT = "no output position read this input there"
IN_PADDING = "they fall outside the image, where X is 0"


def gradient_of(
    forward: Equation,
    operand: Tensor,
    words: str,
    conditions: tuple[Phrase, ...] = (),
    range_words: Mapping[str, str] | None = None,
    skipped_words: str = "",
    keep_output: bool = False,
) -> Equation:
    """The gradient equation of one operand, derived from the forward equation."""
    derived = derive(forward.left, forward.right, operand, keep_output)
    right = _with_words(derived.right, range_words or {})
    found = _conditions(right)
    return Equation(
        name=f"{'gradient' if operand.learned else 'error'} of {glyph(operand.symbol).text}",
        kind="gradient",
        left=derived.left,
        right=right,
        words=words,
        conditions=(*found, *conditions),
        vocabulary=(*forward.vocabulary, forward.left.tensor.gradient),
        definitions=forward.definitions,
        sources=forward.sources,
        skipped_words=skipped_words or (NO_OUTPUT if found else ""),
    )


def _conditions(right: Expression) -> tuple[Phrase, ...]:
    match right:
        case Sum():
            return where_places_exist(right, "inside the output")
        case Product(factors):
            return tuple(phrase for factor in factors for phrase in _conditions(factor))
    return ()


def _with_words(right: Expression, range_words: Mapping[str, str]) -> Expression:
    if not isinstance(right, Sum):
        return right
    loops = tuple(
        replace(loop, words=range_words.get(loop.letter.symbol, "")) for loop in right.loops
    )
    return replace(right, loops=loops)


def scalar(symbol: str, value: Number | None, words: str, alias: str) -> Expression:
    """A number if its value is known, else its letter."""
    return Scalar(symbol, words, alias) if value is None else Constant(value)


def maps(symbol: str, axes: tuple[IndexExpression, ...] | None, words: str) -> Tensor:
    """A tensor that is computed, not learned."""
    return Tensor(symbol, axes, words)
