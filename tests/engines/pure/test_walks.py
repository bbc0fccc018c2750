"""The quick walks against the book: on fractions to the last digit, and NaN where it has NaN."""

import inspect
import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlit import pure
from backlit.engines.pure import walks
from backlit.engines.pure.engine import BOOK
from tests.adapters import Array, Operands, PureAdapter, fractions, fractions_of
from tests.cases import CONV2D, Case, conv2d_cases

QUICK = PureAdapter(BOOK)
SLOW = PureAdapter()
PLACED = [math.nan, math.inf, -math.inf, 0.0]


def assert_equal(case: Case, operands: Operands, error_of: np.random.Generator) -> None:
    y = SLOW.forward(case, operands)
    assert QUICK.forward(case, operands).tolist() == y.tolist()
    dy = fractions(error_of.integers(-9, 10, y.shape))
    theirs = SLOW.backward(case, dy, operands)
    for name, ours in QUICK.backward(case, dy, operands).items():
        assert ours.tolist() == theirs[name].tolist(), name


def with_odd_numbers(shape: tuple[int, ...], random: np.random.Generator) -> Array:
    """Whole numbers, whose sums are the same in any order, and some that are not finite."""
    numbers = random.integers(-9, 10, shape).astype(float)
    places = random.random(shape) < 0.1
    numbers[places] = random.choice(PLACED, np.count_nonzero(places))
    return numbers


def assert_same_with_odd_numbers(case: Case, seed: int) -> None:
    random = np.random.default_rng(seed)
    operands = {name: with_odd_numbers(shape, random) for name, shape in case.shapes.items()}
    y = SLOW.forward(case, operands)
    np.testing.assert_array_equal(QUICK.forward(case, operands), y)
    dy = with_odd_numbers(y.shape, random)
    theirs = SLOW.backward(case, dy, operands)
    for name, ours in QUICK.backward(case, dy, operands).items():
        np.testing.assert_array_equal(ours, theirs[name], name)


@pytest.mark.parametrize("case", CONV2D, ids=str)
def test_exactly_the_books_numbers(case: Case) -> None:
    assert_equal(case, fractions_of(case), np.random.default_rng(1))


@given(case=conv2d_cases(), seed=st.integers(0, 1000))
def test_exactly_the_books_numbers_of_any_convolution(case: Case, seed: int) -> None:
    assert_equal(case, fractions_of(case, seed), np.random.default_rng(seed))


@pytest.mark.parametrize("case", CONV2D, ids=str)
def test_what_is_not_finite_goes_where_it_goes_in_the_book(case: Case) -> None:
    assert_same_with_odd_numbers(case, 1)


@given(case=conv2d_cases(), seed=st.integers(0, 1000))
def test_what_is_not_finite_in_any_convolution(case: Case, seed: int) -> None:
    assert_same_with_odd_numbers(case, seed)


def walked() -> Iterator[str]:
    for name, function in inspect.getmembers(walks, inspect.isfunction):
        if function.__module__ == walks.__name__ and not name.startswith("_"):
            yield name


@pytest.mark.parametrize("name", list(walked()))
def test_a_walk_has_the_arguments_of_the_book_and_the_engine_takes_it(name: str) -> None:
    walk, book = getattr(walks, name), getattr(pure, name)
    assert inspect.signature(walk) == inspect.signature(book)
    assert getattr(BOOK, name) is walk
