"""What the names in a program mean, as comments that stand above it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..expressions import (
    Expression,
    Indicator,
    Maximum,
    Scalar,
    Sum,
    SumIndex,
    WholeNumber,
    Wins,
    descendants,
)
from ..indices import IndexExpression, Letter
from ..tensors import Reference
from ..typeset.wrap import display_width
from .checks import searching
from .places import identifier

if TYPE_CHECKING:
    from ..equation import Equation

_MATH = ("erfc", "exp", "expm1", "inf", "log", "log1p", "pi", "sqrt", "tanh")
_FUNCTIONS = {
    **{name: f"math.{name} of Python's standard library" for name in _MATH},
    "sigmoid": "the function 1 / (1 + exp(-x)) of a number x",
}


def legend(equation: Equation) -> str:
    """Comments for :meth:`.Equation.python`: every name that is used, and what it means."""
    names = _names(equation.python())
    read = {identifier(each.tensor.symbol) for each in _reads(equation)}
    made = [each.id for each in names if isinstance(each.ctx, ast.Store) and each.id not in read]
    sizes, known = _sizes(equation), _meanings(equation)
    used = {each.id for each in names}
    # The size of a group is explained as C/G, which leaves C and G to be explained.
    used |= {part for name in used & sizes.keys() for part in re.findall(r"\w+", sizes[name])}
    given = [name for name in known if name in used and name not in made]
    made = [name for name in dict.fromkeys(made) if name in known]
    kind = "each a number" if equation.left.indices is None else "arrays as nested lists"
    width = max(map(display_width, (*given, *made)))
    lines = [f"Given, {kind}:", *(_entry(name, known[name], width) for name in given)]
    lines += ["Set by the program:"] if made else []
    lines += [_entry(name, known[name], width) for name in made]
    lines += _not_built(equation, used)
    return "\n".join(f"# {line}" for line in lines)


def _not_built(equation: Equation, used: set[str]) -> list[str]:
    """Of a tensor that is only shown: of an error with zeros put in, a program skips the zeros."""
    shown = [] if equation.written is None else descendants(equation.written.right)
    symbols = [each.tensor.symbol for each in shown if isinstance(each, Reference)]
    return [
        f"{symbol} is not built: where it has a zero that was put in, nothing is added."
        for symbol in dict.fromkeys(map(identifier, symbols))
        if symbol not in used
    ]


def _names(program: str) -> list[ast.Name]:
    """All names in the order in which they are written."""
    found = [each for each in ast.walk(ast.parse(program)) if isinstance(each, ast.Name)]
    return sorted(found, key=lambda each: (each.lineno, each.col_offset))


def _entry(name: str, words: str, width: int) -> str:
    return f"  {name}{' ' * (width - display_width(name))}  {words}"


def _meanings(equation: Equation) -> dict[str, str]:
    """Name -> meaning: indices, then tensors, then sizes, options and functions."""
    indices = {each.symbol: each.words for each in _letters(equation) if each.kind == "index"}
    result = equation.left.tensor
    begins = "begins with zeros; " if equation.scatters else ""
    tensors = {each.tensor.symbol: each.tensor.words for each in _reads(equation)}
    found = {**indices, result.symbol: begins + result.words, **tensors}
    named = {identifier(symbol): words for symbol, words in found.items()}
    return {**named, **_sizes(equation), **_FUNCTIONS}


def _sizes(equation: Equation) -> dict[str, str]:
    """Name -> meaning of sizes, options, and other numbers that were left letters."""
    letters = {each.symbol: each.words for each in _letters(equation) if each.kind != "index"}
    numbers = [each for each in descendants(equation.right) if isinstance(each, Scalar)]
    return letters | {identifier(each.symbol): each.words for each in numbers}


def _reads(equation: Equation) -> list[Reference]:
    return [each for each in descendants(equation.right) if isinstance(each, Reference)]


def _letters(equation: Equation) -> list[Letter]:
    """All whole numbers that the equation knows, the sizes of its indices among them."""
    tensors = (equation.left.tensor, *equation.vocabulary)
    found = [letter for tensor in tensors for letter in tensor.letters]
    found += [letter for each in descendants(equation.right) for letter in _of_node(each)]
    sizes = [letter.size for letter in found if letter.size is not None]
    defined = [each.expression for each in equation.definitions]
    places = [*sizes, *(each for each in defined if isinstance(each, IndexExpression))]
    return [*found, *_within(places)]


def _of_node(node: Expression) -> Iterator[Letter]:
    match node:
        case Sum(loops, _, lets):
            yield from _of_loops(loops)
            yield from (let.letter for let in lets)
            yield from _within(let.expression for let in lets)
        case Maximum(loops):
            yield from _of_loops(loops)
        case Indicator(Wins(window)):
            yield from _within(searching(window))
        case Reference(_, indices):
            yield from _within(indices or ())
        case WholeNumber(size):
            yield from size.letters()


def _of_loops(loops: tuple[SumIndex, ...]) -> Iterator[Letter]:
    for loop in loops:
        yield from (loop.letter, *loop.start.letters(), *loop.count.letters())


def _within(places: Iterable[IndexExpression]) -> Iterator[Letter]:
    for each in places:
        yield from each.letters()
