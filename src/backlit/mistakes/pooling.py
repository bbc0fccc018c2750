"""Max pools: the error goes to the one that won, and who that is can be got wrong in many ways.

The line is again that of an accumulation, ``dX[n,c,a,e] += dY[n,c,i,j] · [place of (u,v) = A]``,
where A[n,c,i,j] says at which place of its window the winner lies, counted in row order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from backlit.equations import Operation
from backlit.equations.expressions import (
    Comparison,
    Constant,
    Expression,
    FunctionCall,
    Indicator,
    Maximum,
    Ratio,
    WholeNumber,
)
from backlit.equations.indices import single
from backlit.equations.tensors import Reference, Tensor

from .accumulation import Accumulation
from .linear import apart, moved
from .mutation import Mutation
from .programs import Numbers
from .stated import Stated

# Which place of its window each output took, in several ways.
FIRST, LAST, ZERO_WINS, OF_ERROR, SMALLEST = "A", "A_last", "A_zero", "A_error", "A_smallest"
ABOVE_ZERO, ABOVE_ZERO_OR_FIRST = "A_above", "A_above_or_first"
UNSTRIDED, EQUALS, INSIDE = "A_unstrided", "A_equals", "m"

# What these letters stand for, in an equation that has them.
WINNER_WORDS = {
    FIRST: "the place of the window's winner, counted row by row",
    LAST: "the place of the last of equal winners, counted row by row",
    ZERO_WINS: "the place of the winner if padding counts as 0, counted row by row",
    ABOVE_ZERO: "the place of the winner if it is above 0, counted row by row, and else none",
    ABOVE_ZERO_OR_FIRST: "the place of the winner if it is above 0, counted row by row, and else "
    "the first one",
    OF_ERROR: "the place of the largest error, counted row by row",
    SMALLEST: "the place of the smallest number of the window, counted row by row",
    UNSTRIDED: "the place of the winner of a window that begins at i, j instead of s·i, s·j",
    EQUALS: "how many numbers of the window are as large as the winner",
    INSIDE: "how many places of the window lie inside the image",
}


def max_pool_line(operation: Operation) -> Accumulation:
    """The way back of a max pool as an accumulation."""
    forward = operation.forward
    largest = forward.right
    assert isinstance(largest, Maximum)
    read = largest.body
    assert isinstance(read, Reference)
    upstream = Reference(forward.left.tensor.gradient, forward.left.indices)
    error = read.tensor.gradient
    vocabulary = (*forward.vocabulary, forward.left.tensor.gradient, error)
    equation = replace(operation.gradients["input"], vocabulary=tuple(dict.fromkeys(vocabulary)))
    u, v = (single(loop.letter) for loop in largest.loops)
    wins = _wins(u * largest.loops[1].count + v, forward.left, FIRST)
    return Accumulation(equation, Reference(error, read.indices), (upstream, wins))


def _wins(place: Any, output: Reference, name: str) -> Indicator:
    A = Tensor(name, output.tensor.axes, "place of the winner in its window")
    return Indicator(Comparison(WholeNumber(place), "=", Reference(A, output.indices)))


def winners(x: Numbers, dy: Numbers, options: Mapping[str, Any]) -> dict[str, Numbers]:
    """The place of each output's winner, as the names above say."""
    kernel, stride, padding = (
        _pair(options[name]) for name in ("kernel_size", "stride", "padding")
    )
    found: dict[str, Numbers] = {}

    def each(
        choose: Callable[[list[tuple[float, int]], int, int, Numbers], int],
        stride: tuple[int, int] = stride,
    ) -> Numbers:
        return [
            [
                [
                    [
                        choose(_window(m, i, j, kernel, stride, padding), i, j, e)
                        for j in range(len(e[0]))
                    ]
                    for i in range(len(e))
                ]
                for m, e in zip(maps, errors, strict=True)
            ]
            for maps, errors in zip(x, dy, strict=True)
        ]

    def first(window: list[tuple[float, int]], *_: Any) -> int:
        return max(window, key=lambda pair: (pair[0], -pair[1]))[1]

    def last(window: list[tuple[float, int]], *_: Any) -> int:
        return max(window)[1]

    def smallest(window: list[tuple[float, int]], *_: Any) -> int:
        return min(window)[1]

    def zero_wins(window: list[tuple[float, int]], *_: Any) -> int:
        inside = {place for _, place in window}
        every = [
            *window,
            *((0.0, place) for place in range(kernel[0] * kernel[1]) if place not in inside),
        ]
        return max(every, key=lambda pair: (pair[0], -pair[1]))[1]

    def above_zero(window: list[tuple[float, int]], *_: Any) -> int:
        return first(window) if max(window)[0] > 0 else -1

    def above_zero_or_first(window: list[tuple[float, int]], *_: Any) -> int:
        return max(above_zero(window), 0)

    found[ABOVE_ZERO], found[ABOVE_ZERO_OR_FIRST] = each(above_zero), each(above_zero_or_first)
    found[FIRST], found[LAST] = each(first), each(last)
    found[UNSTRIDED] = each(first, stride=(1, 1))
    found[SMALLEST], found[ZERO_WINS] = each(smallest), each(zero_wins)

    def of_error(window: list[tuple[float, int]], i: int, j: int, errors: Numbers) -> int:
        """The largest error in a window of the errors themselves."""
        best, where = None, 0
        for _, place in window:
            u, v = divmod(place, kernel[1])
            if i + u < len(errors) and j + v < len(errors[0]):
                value = errors[i + u][j + v]
                if best is None or value > best:
                    best, where = value, place
        return where

    def equals(window: list[tuple[float, int]], *_: Any) -> int:
        return sum(value == max(window)[0] for value, _ in window)

    found[OF_ERROR], found[EQUALS] = each(of_error), each(equals)
    return found


def _window(
    matrix: Numbers,
    i: int,
    j: int,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    padding: tuple[int, int],
) -> list[tuple[float, int]]:
    """The numbers of a window that lie inside, each with its place in row order."""
    found = []
    for u in range(kernel[0]):
        for v in range(kernel[1]):
            a, e = i * stride[0] - padding[0] + u, j * stride[1] - padding[1] + v
            if 0 <= a < len(matrix) and 0 <= e < len(matrix[0]):
                found.append((matrix[a][e], u * kernel[1] + v))
    return found


def _pair(value: Any) -> tuple[int, int]:
    return value if isinstance(value, tuple) else (value, value)


def inside_counts(right: Numbers, x: Numbers, options: Mapping[str, Any]) -> Numbers:
    """m[i,j]: how many places of a window lie inside the image."""
    kernel, stride, padding = (
        _pair(options[name]) for name in ("kernel_size", "stride", "padding")
    )
    rows, columns = len(right[0][0]), len(right[0][0][0])
    return [
        [len(_window(x[0][0], i, j, kernel, stride, padding)) for j in range(columns)]
        for i in range(rows)
    ]


# --- forward --------------------------------------------------------------------------------------


def _at_least_zero(line: Stated) -> Stated:
    """What comes of a search that begins with ``best = 0``."""
    right = line.equation
    largest = replace(right.left.tensor, symbol="M")
    found = replace(right, left=Reference(largest, right.left.indices))
    body = FunctionCall("max", (Constant(0), found.left))
    known = (*right.vocabulary, largest)
    above = replace(right, right=body, sources=(found,), vocabulary=known, written=None)
    return replace(line, equation=above)


def _windows_unstrided(line: Stated) -> Stated | None:
    """Windows that begin at i, j."""
    largest = line.equation.right
    if not isinstance(largest, Maximum):
        return None
    read = largest.body
    assert isinstance(read, Reference)
    assert read.indices is not None
    *front, a, e = read.indices
    rows, columns = apart(a, "i", "u"), apart(e, "j", "v")
    if rows is None or columns is None:
        return None
    places = [i + u * d + rest for i, _, u, d, rest in (rows, columns)]
    moved_there = Reference(read.tensor, (*front, *places))
    return line.saying(replace(largest, body=moved_there))


def maximum_mutations() -> Iterator[Mutation]:
    """What goes wrong in finding the largest number of each window."""
    yield Mutation("maximum-from-zero", _at_least_zero, ("output",))
    yield Mutation("stride-forgotten", _windows_unstrided, ("output",))


# --- backward -------------------------------------------------------------------------------------

Changed = Accumulation | None


def _indicator(line: Accumulation) -> Indicator | None:
    return next(
        (
            f
            for f in line.factors
            if isinstance(f, Indicator)
            and isinstance(f.condition, Comparison)
            and isinstance(f.condition.right, Reference)
            and f.condition.right.tensor.symbol.startswith("A")
        ),
        None,
    )


def _chosen_by(name: str) -> Callable[[Accumulation], Changed]:
    def change(line: Accumulation) -> Changed:
        wins = _indicator(line)
        if wins is None:
            return None
        assert isinstance(wins.condition, Comparison)
        chosen = wins.condition.right
        assert isinstance(chosen, Reference)
        other = replace(chosen, tensor=replace(chosen.tensor, symbol=name))
        new = Indicator(Comparison(wins.condition.left, "=", other))
        return replace(line, factors=tuple(new if f is wins else f for f in line.factors))

    return change


def _all_ties(line: Accumulation) -> Changed:
    wins = _indicator(line)
    if wins is None:
        return None
    tensors = {each.symbol: each for each in line.equation.vocabulary}
    upstream = next((f for f in line.factors if isinstance(f, Reference)), None)
    if upstream is None:
        return None
    same = Indicator(
        Comparison(
            Reference(tensors["X"], line.left.indices),
            "=",
            Reference(tensors["Y"], upstream.indices),
        )
    )
    return replace(line, factors=tuple(same if f is wins else f for f in line.factors))


def _shared_ties(line: Accumulation) -> Changed:
    """All equals get a share."""
    ties = _all_ties(line)
    if ties is None:
        return None
    upstream = next((f for f in line.factors if isinstance(f, Reference)), None)
    if upstream is None:
        return None
    count = Tensor(EQUALS, upstream.tensor.axes, "how many are equal")
    return ties.times(Ratio(Constant(1), Reference(count, upstream.indices)))


def _to_all(line: Accumulation) -> Changed:
    wins = _indicator(line)
    if wins is None:
        return None
    return _everybody(line, wins)


def _everybody(line: Accumulation, wins: Indicator) -> Accumulation:
    """Whoever is in the window: the loops over it stay."""
    assert isinstance(wins.condition, Comparison)
    always = Indicator(Comparison(wins.condition.left, "≥", Constant(0)))
    return replace(line, factors=tuple(always if f is wins else f for f in line.factors))


def _times_winner(line: Accumulation) -> Changed:
    """The error multiplied by the number that won."""
    wins = _indicator(line)
    upstream = next((f for f in line.factors if isinstance(f, Reference)), None)
    Y = next((t for t in line.equation.vocabulary if t.symbol == "Y"), None)
    if wins is None or upstream is None or Y is None:
        return None
    return line.times(Reference(Y, upstream.indices))


def _in_equal_parts(line: Accumulation) -> Changed:
    wins = _indicator(line)
    if wins is None:
        return None
    letters = {each.symbol: each for each in line.letters()}
    kernel = letters["u"].size, letters["v"].size
    assert kernel[0] is not None
    assert kernel[1] is not None
    share = Ratio(Constant(1), WholeNumber(kernel[0] * kernel[1]))
    return _everybody(line, wins).times(share)


def _inside_window(line: Accumulation) -> Changed:
    """The winner's place inside its window taken for a place of the image."""
    if _indicator(line) is None or line.left.indices is None:
        return None
    letters = {each.symbol: each for each in line.letters()}
    if "u" not in letters or "v" not in letters:
        return None
    *front, _, _ = line.left.indices
    places = (*front, single(letters["u"]), single(letters["v"]))
    return replace(line, left=replace(line.left, indices=places))


def _row_for_column(line: Accumulation) -> Changed:
    """The winner's row in its window taken for its column, and the other way round."""
    if _indicator(line) is None:
        return None
    letters = {each.symbol: each for each in line.letters()}
    if "u" not in letters or "v" not in letters:
        return None
    return line.at("X", {"u": single(letters["v"]), "v": single(letters["u"])})


def _row_for_column_of_all(line: Accumulation) -> Changed:
    """Windows with as many rows as they should have columns, and the other way round."""
    letters = {each.symbol: each for each in line.letters()}
    if not {"u", "v"} <= set(letters):
        return None
    return line.at("X", {"u": single(letters["v"]), "v": single(letters["u"])})


def _unstrided(line: Accumulation) -> Changed:
    """Windows that begin at i, j: their winners, and the places of these."""
    chosen = _chosen_by(UNSTRIDED)(line)
    places = moved(lambda i, s, u, d, rest: i + u * d + rest)(line)
    if chosen is None or places is None:
        return None
    return replace(chosen, left=places.left)


def _at_output_place(line: Accumulation) -> Changed:
    """Written where the output lies."""
    if _indicator(line) is None or line.left.indices is None:
        return None
    letters = {each.symbol: each for each in line.letters()}
    *front, _, _ = line.left.indices
    places = (*front, single(letters["i"]), single(letters["j"]))
    return replace(line, left=replace(line.left, indices=places))


def _to_largest(line: Accumulation) -> Changed:
    """An average pool whose error goes to the largest."""
    share = next((f for f in line.factors if isinstance(f, Ratio)), None)
    upstream = next((f for f in line.factors if isinstance(f, Reference)), None)
    letters = {each.symbol: each for each in line.letters()}
    if share is None or upstream is None or not {"u", "v"} <= set(letters):
        return None
    columns = letters["v"].size
    assert columns is not None
    wins = _wins(
        single(letters["u"]) * columns + single(letters["v"]),
        Reference(upstream.tensor, upstream.indices),
        FIRST,
    )
    return replace(line, factors=(upstream, wins))


def _other_count(line: Accumulation) -> Changed:
    """The average's divisor: real inputs instead of all places, or the other way round."""
    share = next((f for f in line.factors if isinstance(f, Ratio)), None)
    letters = {each.symbol: each for each in line.letters()}
    if share is None or not {"i", "j", "u", "v"} <= set(letters):
        return None
    kernel = letters["u"].size, letters["v"].size
    assert kernel[0] is not None
    assert kernel[1] is not None
    count: Expression
    if isinstance(share.denominator, WholeNumber):
        rows = Tensor(INSIDE, (single(letters["i"]), single(letters["j"])), "real inputs")
        count = Reference(rows, (single(letters["i"]), single(letters["j"])))
    else:
        count = WholeNumber(kernel[0] * kernel[1])
    new = Ratio(Constant(1), count)
    return replace(line, factors=tuple(new if f is share else f for f in line.factors))


def max_pool_mutations() -> Iterator[Mutation]:
    """What goes wrong in the way back through a max pool, besides what can in any sum."""
    only = ("input",)
    yield Mutation("ties-all", _all_ties, only)
    yield Mutation("ties-all", _shared_ties, only, "each gets a share")
    yield Mutation("tie-last", _chosen_by(LAST), only)
    yield Mutation("error-to-all", _to_all, only)
    yield Mutation("winner-value", _times_winner, only)
    yield Mutation("max-as-average", _in_equal_parts, only)
    yield Mutation("winner-of-error", _chosen_by(OF_ERROR), only)
    yield Mutation("winner-of-error", _inside_window, only, "the place inside the window")
    yield Mutation("winner-of-error", _at_output_place, only, "the place of the output")
    yield Mutation("winner-of-error", _chosen_by(SMALLEST), only, "the smallest")
    yield Mutation("stride-forgotten", _unstrided, only)
    yield Mutation("transposed", _row_for_column, only, "of the winner's place in its window")
    yield Mutation("padding-wins", _chosen_by(ZERO_WINS), only)
    nobody = "where all are negative, nobody gets the error"
    yield Mutation("maximum-from-zero", _chosen_by(ABOVE_ZERO), only, nobody)
    the_first = "where all are negative, the first one gets the error"
    yield Mutation("maximum-from-zero", _chosen_by(ABOVE_ZERO_OR_FIRST), only, the_first)


def average_pool_mutations() -> Iterator[Mutation]:
    """What goes wrong in average pools, besides what can in any sum."""
    yield Mutation("average-as-max", _to_largest, ("input",))
    yield Mutation("padding-counted", _other_count, ("input", "output"))
    yield Mutation("transposed", _row_for_column_of_all, words="of the windows")
