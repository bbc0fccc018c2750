"""Small numbers without symmetry, of which no two are the same where their places matter."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import Any

from backlit.pure.nested import shaped

Numbers = Any


def whole_numbers(random: Random, shape: Iterable[int], largest: int = 9) -> Numbers:
    """Whole numbers from −9 to 9 without 0, in no order."""
    first, *rest = tuple(shape) or (0,)
    if not tuple(shape):
        return random.choice((-1, 1)) * random.randint(1, largest)
    if rest:
        return [whole_numbers(random, rest, largest) for _ in range(first)]
    return [random.choice((-1, 1)) * random.randint(1, largest) for _ in range(first)]


def distinct_numbers(random: Random, shape: tuple[int, ...]) -> Numbers:
    """Whole numbers of which no two are the same."""
    count = 1
    for size in shape:
        count *= size
    half = count // 2 + 2
    pool = [number for number in range(-half, half + 1) if number]
    random.shuffle(pool)
    return shaped(pool, *shape)


def mapped(nested: Numbers, function: Callable[[Any], Any]) -> Numbers:
    """Nested lists with a function of each number."""
    if isinstance(nested, list):
        return [mapped(each, function) for each in nested]
    return function(nested)
