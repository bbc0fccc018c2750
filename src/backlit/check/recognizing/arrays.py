"""Numbers in the wrong place: rows that are one list, arrays read in another order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import permutations, product
from typing import Any

from backlit.check.layouts import arranged
from backlit.check.trials import Match, Seen, close, sizes_for
from backlit.mistakes import right_line
from backlit.pure.nested import flat, shaped
from backlit.pure.nested import shape as shape_of

Numbers = Any


def shared_rows(wrong: Sequence[Seen], seen: Sequence[Seen]) -> Match | None:
    """Lists that hold one row several times: all are alike, the sum of all rows or the last one."""
    shaped = [each for each in seen if each.got.numbers is not None]
    if any(each.got.numbers is None for each in wrong):
        return _one_long_row(wrong)
    first = min(wrong, key=lambda each: each.size)
    axes = len(shape_of(first.right))
    for mask in range(1, 2**axes):
        kept = [axis for axis in range(axes) if not mask >> axis & 1]
        for told, total in (("each is the sum of all", True), ("each is the last", False)):
            if all(_is_shared(each, kept, total) for each in (first, *shaped)):
                return Match(
                    ("rows-shared",), told=f"all rows are alike, {told}, as if they were one list"
                )
    return None


def _is_shared(seen: Seen, kept: Sequence[int], total: bool) -> bool:
    sizes = shape_of(seen.right)
    places = list(product(*map(range, sizes)))
    found: dict[tuple[int, ...], float] = {}
    for place, value in zip(places, flat(seen.right), strict=True):
        key = tuple(place[axis] for axis in kept)
        found[key] = found.get(key, 0) + value if total else value
    wanted = [found[tuple(place[axis] for axis in kept)] for place in places]
    return close(flat(seen.got.numbers), wanted, seen.rounding)


def _one_long_row(wrong: Sequence[Seen]) -> Match | None:
    """A row that is made once, outside of the loop, and so gets the numbers of all rows."""
    for each in wrong:
        if len(each.got.shape) != 2 or len(each.got.wanted) != 2:
            return None
        right = flat(each.right)
        if any(len(row) != len(right) or row != each.got.raw[0] for row in each.got.raw):
            return None
        if not close(each.got.raw[0], right, each.rounding):
            return None
    return Match(
        ("rows-shared",),
        told="all rows are alike, and each has the numbers of all of them",
    )


def misread(wrong: Sequence[Seen], seen: Sequence[Seen]) -> Match | None:
    """An array that was reshaped where its axes had to be exchanged."""
    shaped = [each for each in seen if each.got.numbers is not None]
    if not shaped or len(shaped_wrong := [e for e in shaped if not e.is_right]) == 0:
        return None
    first = min(shaped_wrong, key=lambda each: each.size)
    for role in ("dy", "x", "w", "result"):
        axes = first.probe.kind.axes.get(
            first.probe.kind.results[first.result] if role == "result" else role, ""
        )
        if len(axes) < 3:
            continue
        was = first.right if role == "result" else first.probe.tensors.get(role)
        if was is None:
            continue
        fitting: dict[tuple[Any, ...], bool] = {}  # many orders give the same numbers here
        for order in permutations(axes):
            for how in _reader(role, axes, "".join(order)):
                same = tuple(flat(how(was)))
                if same not in fitting:
                    fitting[same] = _fits(how, role, first)
                if fitting[same] and all(_fits(how, role, each) for each in shaped):
                    mixed = "".join(order)[:2] != axes[:2]
                    what = {"dy": "dY", "x": "X", "w": "W", "result": "the result"}[role]
                    return Match(
                        ("channels-mixed" if mixed else "transposed",),
                        told=f"{what} was reshaped where its axes had to be exchanged",
                        why="reshape keeps all numbers in their order and counts them anew; what "
                        "brings one axis before another is transpose.",
                    )
    return None


def _reader(role: str, axes: str, order: str) -> list[Callable[[Numbers], Numbers]]:
    if order == axes:
        return []

    def as_ordered(nested: Numbers) -> Numbers:
        """The flat numbers taken for an array with its axes in that order."""
        sizes = dict(zip(axes, shape_of(nested), strict=True))
        return arranged(shaped(flat(nested), *(sizes[a] for a in order)), order, axes)

    def back(nested: Numbers) -> Numbers:
        """Exchanged, and then taken for what it was."""
        sizes = shape_of(nested)
        return shaped(flat(arranged(nested, axes, order)), *sizes)

    return [as_ordered, back]


def _fits(how: Callable[[Numbers], Numbers], role: str, seen: Seen) -> bool:
    if role == "result":
        return close(seen.got.numbers, how(seen.right), seen.rounding)
    line = right_line(seen.operation, seen.result)
    if line is None or role not in seen.probe.tensors:
        return False
    symbol = seen.probe.kind.symbols[role]
    letters = {**seen.probe.letters, symbol: how(seen.probe.tensors[role])}
    return close(seen.got.numbers, line.compute(letters, sizes_for(seen.probe)), seen.rounding)
