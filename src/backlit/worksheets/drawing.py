"""Small whole numbers for a worksheet, drawn so that a wrong way gives a wrong answer."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from backlit.pure.nested import Nested, flat

MOST = 400  # of one array
_TRIES = 1000


def numbers(draw: random.Random, shape: Sequence[int], among: Sequence[int]) -> Nested:
    """A nested list of a shape, each number one of ``among``."""
    check_few(shape)
    if not shape:
        return draw.choice(among)
    return [numbers(draw, shape[1:], among) for _ in range(shape[0])]


def check_few(shape: Sequence[int]) -> None:
    """Make sure that an array is one for pencil and paper.

    Raises:
        ValueError: it is too large.
    """
    if prod(shape) > MOST:
        raise ValueError(
            f"these sizes make an array of {'×'.join(map(str, shape))}, and more than {MOST} "
            "numbers are nothing for pencil and paper: take smaller ones"
        )


def drawn(make: Callable[[], Nested], holds: Callable[[Nested], bool]) -> Nested:
    """What ``make`` gives as soon as it is as wanted.

    Raises:
        ValueError: a thousand tries were not enough.
    """
    for _ in range(_TRIES):
        made = make()
        if holds(made):
            return made
    raise ValueError("these sizes leave too few numbers to choose from: take larger ones")


def matrices(nested: Nested) -> list[list[list[Any]]]:
    """The innermost two levels of a nested list, one after the other."""
    if isinstance(nested[0][0], list):
        return [matrix for part in nested for matrix in matrices(part)]
    return [nested]


def is_lopsided(nested: Nested) -> bool:
    """Whether every matrix in it looks different after a half turn, and with its axes exchanged.

    A filter that does not would hide that it was turned, or read by columns.
    """
    return all(
        matrix != [row[::-1] for row in matrix[::-1]]
        and matrix != [list(column) for column in zip(*matrix, strict=True)]
        for matrix in matrices(nested)
        if len(matrix) * len(matrix[0]) > 1
    )


def half_zero(draw: random.Random, shape: Sequence[int]) -> Nested:
    """An error map: about half of it 0, as behind a ReLU, and never the same everywhere."""

    def varied(made: Nested) -> bool:
        found = flat(made)
        zeros = found.count(0)
        needed = min(3, len(found))
        return len(found) - zeros >= needed and (zeros > 0 or len(found) <= needed)

    return drawn(lambda: numbers(draw, shape, (0, 0, 0, -2, -1, 1, 2)), varied)
