"""Two more ways to write the error of a convolution's input; both give the same numbers.

* scatter: every output hands its error back to the inputs that it was made of (``+=``);
* full correlation: the error, with zeros put in and around, is correlated with the filter turned
  by 180°.  The turn is book-keeping: reading "which outputs did this input feed?" meets the
  filter's entries in reverse order.
"""

from __future__ import annotations

from dataclasses import replace

from ..conditions import phrase
from ..derivation import derive
from ..equation import Equation, Written
from ..expressions import Let, Sum
from ..indices import IndexExpression, index, letter_of, option, quotient, whole
from ..substitution import substitute
from ..tensors import Reference, Tensor
from ..typeset import Phrase
from ..typeset.layout import Operator
from .building import n, o
from .geometry import Window, WindowAxis


def faces(
    forward: Equation, error: Equation, weight: Reference, read: Reference, window: Window
) -> dict[str, Equation]:
    """The other faces of the input's error, by name.

    Args:
        forward: the forward equation.
        error: the equation of the input's error, as it was derived.
        weight: the weight in the forward equation's products.
        read: the input that it is multiplied with.
        window: where the filter looks.
    """
    gathered = error.right
    assert isinstance(gathered, Sum)
    found = {"scatter": _scatter(forward, error, gathered, weight, read, window.may_leave)}
    if any(axis.stride != whole(1) for axis in window):
        found["zeros"] = _spread_error(forward, window)
    found["correlation"] = _correlation(error, gathered, found.get("zeros"), window)
    return found


def _scatter(
    forward: Equation,
    error: Equation,
    gathered: Sum,
    weight: Reference,
    read: Reference,
    leaves: bool,
) -> Equation:
    """For each product of the forward equation: the input it read gets error times weight."""
    right = derive(forward.left, forward.right, read.tensor, keep_output=True).right
    assert isinstance(right, Sum)
    words = {loop.letter: loop.words for loop in gathered.loops}
    loops = tuple(replace(loop, words=words.get(loop.letter, "")) for loop in right.loops)
    upstream = Reference(forward.left.tensor.gradient, forward.left.indices)
    places = (*forward.left.tensor.letters, *weight.tensor.letters)
    every = ", ".join(dict.fromkeys(letter.symbol for letter in places))
    return replace(
        error,
        name="error of X, scattered",
        kind="face",
        right=replace(right, loops=loops),
        written=Written(
            Reference(read.tensor.gradient, read.indices), "+=", upstream * weight, leaves
        ),
        words="Go through the outputs instead of the inputs: each hands its error back, times the "
        "weight, to every input that it was made of; where windows overlap, the parts add up.",
        conditions=(
            phrase(f"dX begins with zeros; then for all {every}"),
            *([phrase("what falls outside the image is dropped")] if leaves else []),
        ),
    )


def _correlation(
    error: Equation, gathered: Sum, zeros: Equation | None, window: Window
) -> Equation:
    """The same sum with the filter's rows and columns counted from the end."""
    turned = {letter_of(axis.window).symbol: axis.kernel - 1 - axis.window for axis in window}
    lets = tuple(_turned_let(let, axis) for let, axis in zip(gathered.lets, window, strict=True))
    right = Sum(gathered.loops, substitute(gathered.body, turned), lets)
    name = "D" if zeros else "dY"
    return replace(
        error,
        name="error of X, as a full correlation",
        kind="face",
        right=right,
        written=None if zeros is None else _written(error, right, zeros.left.tensor, window),
        words="Turn the filter by 180 degrees, surround the error with zeros, and correlate as in "
        "the forward pass.",
        conditions=(
            phrase(f"{name} is 0 outside: zeros are put around it"),
            *(_border(axis, *names) for axis, names in zip(window, _SIDES, strict=True)),
        ),
    )


_SIDES = (("rows", "above", "below"), ("columns", "on the left", "on the right"))


def _border(axis: WindowAxis, lines: str, first: str, last: str) -> Phrase:
    """How many zeros surround the error; rows that no window reached need more behind."""
    before, behind = axis.reach - axis.before, axis.reach - axis.after
    where: tuple[str | IndexExpression | Operator, ...] = ()
    if not all(number is not None and number >= 0 for number in (before.constant, behind.constant)):
        where = (" (cut where negative)",)
    if axis.remainder.constant is None:
        r = option("r", "rows or columns at the end that no window reaches")
        behind, where = behind + r, (" with ", r, Operator("="), axis.remainder, *where)
    return phrase(f"{lines} of zeros: ", before, f" {first}, ", behind, f" {last}", *where)


def _turned_let(let: Let, axis: WindowAxis) -> Let:
    return replace(let, expression=quotient(_padded(axis), axis.stride))


def _padded(axis: WindowAxis) -> IndexExpression:
    """The place in the error with zeros in it that input row h and turned filter row u meet at."""
    return axis.input + axis.window * axis.dilation + axis.before - axis.reach


def _written(error: Equation, right: Sum, D: Tensor, window: Window) -> Written:
    """With the error that has zeros put in, so that no quotients are needed."""
    _, *others = right.body.factors  # type: ignore[attr-defined]
    rows, columns = (_padded(axis) for axis in window)
    product = D[n, o, rows, columns] * others[0]
    return Written(error.left, "=", Sum(right.loops, product))


def _spread_error(forward: Equation, window: Window) -> Equation:
    """dY with s−1 zeros between its entries."""
    upstream = forward.left.tensor.gradient
    spread = [
        index(letter, (axis.output - 1) * axis.stride + 1, f"{words} of dY with zeros put in")
        for letter, words, axis in zip(("a", "e"), ("row", "column"), window, strict=True)
    ]
    D = replace(
        upstream, symbol="D", axes=(n, o, *spread), words="the error dY with zeros put in", alias=""
    )
    lets = tuple(
        Let(letter, quotient(place, axis.stride))
        for letter, place, axis in zip(upstream.letters[2:], spread, window, strict=True)
    )
    rows, columns = window
    return replace(
        forward,
        name="error dY with zeros put in",
        kind="face",
        left=D[n, o, spread[0], spread[1]],
        right=Sum((), Reference(upstream, forward.left.indices), lets),
        written=Written(
            D[n, o, rows.out * rows.stride, columns.out * columns.stride],
            "=",
            Reference(upstream, forward.left.indices),
        ),
        words="The stride skips places between two windows: put as many zeros between the entries "
        "of the error.",
        conditions=(phrase("all other entries of D are 0"),),
        vocabulary=(*forward.vocabulary, upstream),
        skipped_words="",
    )
