"""Forward operations written as plainly as possible, and exact finite differences of them.

Nothing here comes from the package: it is what the package's equations are measured against.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Nested = Any


def filled(shape: Sequence[int], number: Callable[[], Any]) -> Nested:
    if not shape:
        return number()
    return [filled(shape[1:], number) for _ in range(shape[0])]


def integers(shape: Sequence[int], seed: int) -> Nested:
    """Small whole numbers; none is 0, so that no wrong place goes unnoticed."""
    source = random.Random(seed)
    return filled(shape, lambda: source.choice([-5, -4, -3, -2, -1, 1, 2, 3, 4, 5]))


def fractions(shape: Sequence[int], seed: int) -> Nested:
    """Fractions that no float holds exactly."""
    source = random.Random(seed)
    return filled(shape, lambda: Fraction(source.choice([-5, -4, -2, -1, 1, 2, 4, 5]), 3))


def different(shape: Sequence[int], seed: int) -> Nested:
    """Numbers of which no two are equal, in random order."""
    total = 1
    for each in shape:
        total *= each
    numbers = list(range(1, total + 1))
    random.Random(seed).shuffle(numbers)
    stream = iter(numbers)
    return filled(shape, lambda: next(stream))


def shape_of(numbers: Nested) -> tuple[int, ...]:
    return (len(numbers), *shape_of(numbers[0])) if isinstance(numbers, list) else ()


def places(numbers: Nested) -> Iterator[tuple[int, ...]]:
    return itertools.product(*(range(each) for each in shape_of(numbers)))


def at(numbers: Nested, place: tuple[int, ...]) -> Any:
    for each in place:
        numbers = numbers[each]
    return numbers


def changed(numbers: Nested, place: tuple[int, ...], by: Any) -> Nested:
    """A copy with one number changed."""
    if not place:
        return numbers + by
    return [
        changed(each, place[1:], by) if number == place[0] else each
        for number, each in enumerate(numbers)
    ]


def dot(a: Nested, b: Nested) -> Any:
    if not isinstance(a, list):
        return a * b
    return sum(dot(x, y) for x, y in zip(a, b, strict=True))


def slope(
    forward: Callable[[Nested], Nested], numbers: Nested, error: Nested, place: tuple[int, ...]
) -> Any:
    """How Σ error·forward(numbers) changes when one number grows by 1: exact where it is linear."""
    before = dot(error, forward(numbers))
    return dot(error, forward(changed(numbers, place, 1))) - before


@dataclass(frozen=True)
class Geometry:
    """A window: kernel, stride, ((top, bottom), (left, right)) padding, dilation, groups."""

    kernel: tuple[int, int] = (3, 3)
    stride: tuple[int, int] = (1, 1)
    padding: tuple[tuple[int, int], tuple[int, int]] = ((0, 0), (0, 0))
    dilation: tuple[int, int] = (1, 1)
    groups: int = 1

    def output(self, height: int, width: int) -> tuple[int, int]:
        sizes = [
            (size + sum(pad) - d * (k - 1) - 1) // s + 1
            for size, pad, d, k, s in zip(
                (height, width), self.padding, self.dilation, self.kernel, self.stride, strict=True
            )
        ]
        return sizes[0], sizes[1]

    def source(self, i: int, j: int, u: int, v: int) -> tuple[int, int]:
        return (
            i * self.stride[0] - self.padding[0][0] + u * self.dilation[0],
            j * self.stride[1] - self.padding[1][0] + v * self.dilation[1],
        )

    def options(self) -> dict[str, Any]:
        return {"kernel_size": self.kernel, "stride": self.stride, "padding": self.padding}


def convolution(g: Geometry, x: Nested, w: Nested, b: Nested | None) -> Nested:
    height, width = len(x[0][0]), len(x[0][0][0])
    oh, ow = g.output(height, width)
    filters, inner = len(w), len(w[0])
    per_group = filters // g.groups

    def one(image: Nested, o: int, i: int, j: int) -> Any:
        total = b[o] if b is not None else 0
        for c, u, v in itertools.product(range(inner), range(g.kernel[0]), range(g.kernel[1])):
            a, e = g.source(i, j, u, v)
            if 0 <= a < height and 0 <= e < width:
                total += w[o][c][u][v] * image[o // per_group * inner + c][a][e]
        return total

    return [
        [[[one(image, o, i, j) for j in range(ow)] for i in range(oh)] for o in range(filters)]
        for image in x
    ]


def pooled(g: Geometry, x: Nested, reduce: Callable[[list[Any]], Any]) -> Nested:
    """``reduce`` of the inputs that each window covers inside the image."""
    height, width = len(x[0][0]), len(x[0][0][0])
    oh, ow = g.output(height, width)

    def inside(channel: Nested, i: int, j: int) -> list[Any]:
        found = []
        for u, v in itertools.product(range(g.kernel[0]), range(g.kernel[1])):
            a, e = g.source(i, j, u, v)
            if 0 <= a < height and 0 <= e < width:
                found.append(channel[a][e])
        return found

    return [
        [
            [[reduce(inside(channel, i, j)) for j in range(ow)] for i in range(oh)]
            for channel in image
        ]
        for image in x
    ]
