"""What is drawn from the mistakes differs from the book by the mistake alone."""

from fractions import Fraction
from typing import Any

import pytest

from backlit import pure
from tests.mutation.drawn import mistaken
from tests.mutation.drawn_mutations import DRAWN

OPTIONS: list[dict[str, Any]] = [
    {},
    {"stride": 2, "padding": 1},
    {"stride": (1, 2), "padding": (1, 0), "dilation": 2},
    {"groups": 2},
]


def numbers(*shape: int, start: int = 1) -> Any:
    if not shape:
        return Fraction(start * 7 % 11 - 5)
    return [numbers(*shape[1:], start=start * 3 + k) for k in range(shape[0])]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_without_a_mistake_it_is_the_book(options: dict[str, Any]) -> None:
    x, w = numbers(2, 2, 5, 6), numbers(4, 2 // options.get("groups", 1), 2, 3)
    dy = pure.conv2d_forward(x, w, None, **options)
    dx, dw, db = pure.conv2d_backward(dy, x, w, **options)
    given = {"dy": dy, "x": x, "w": w, **options}
    assert mistaken("weight", None, dw, given) == dw
    assert mistaken("bias", None, db, {"dy": dy}) == db
    assert mistaken("input", None, dx, {**options, "dy": dy, "w": w}) == dx


@pytest.mark.parametrize("function", DRAWN)
def test_with_a_mistake_it_is_not(function: str) -> None:
    options = {"stride": 2, "padding": 1}
    x, w = numbers(2, 2, 5, 5), numbers(3, 2, 3, 3)
    dy = pure.conv2d_forward(x, w, None, **options)
    dx, dw, db = pure.conv2d_backward(dy, x, w, **options)
    result, mistakes = DRAWN[function]
    right = {"weight": dw, "input": dx, "bias": db}[result]
    given = {"dy": dy, "w": w, **options, **({"x": x} if result == "weight" else {})}
    for mistake in mistakes:
        assert mistaken(result, mistake, right, given) != right, mistake
