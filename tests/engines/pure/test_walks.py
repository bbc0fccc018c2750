"""The quick walks against the book: on fractions to the last digit, and NaN where it has NaN."""

import inspect
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlit import pure
from backlit.engines.pure import walks
from backlit.engines.pure.engine import BOOK
from tests.adapters import Array, Operands, PureAdapter, fractions, fractions_of
from tests.cases import CONV2D, DENSE, POOLS, Case, conv2d_cases, pool_cases

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


WALKED = [*CONV2D, *POOLS, *DENSE]


@pytest.mark.parametrize("case", WALKED, ids=str)
def test_exactly_the_books_numbers(case: Case) -> None:
    assert_equal(case, fractions_of(case), np.random.default_rng(1))


@given(case=st.one_of(conv2d_cases(), pool_cases()), seed=st.integers(0, 1000))
def test_exactly_the_books_numbers_of_any_window(case: Case, seed: int) -> None:
    assert_equal(case, fractions_of(case, seed), np.random.default_rng(seed))


@pytest.mark.parametrize("case", WALKED, ids=str)
def test_what_is_not_finite_goes_where_it_goes_in_the_book(case: Case) -> None:
    assert_same_with_odd_numbers(case, 1)


@given(case=st.one_of(conv2d_cases(), pool_cases()), seed=st.integers(0, 1000))
def test_what_is_not_finite_under_any_window(case: Case, seed: int) -> None:
    assert_same_with_odd_numbers(case, seed)


def a_root(number: Fraction) -> Fraction:
    """Any function of a number will do in the place of the root."""
    return number + Fraction(1, 3)


@pytest.mark.parametrize("shape", [(1, 1, 1, 2), (2, 3, 3, 4)])
@pytest.mark.parametrize("training", [True, False])
def test_batch_norm_has_exactly_the_books_numbers(shape: tuple[int, ...], training: bool) -> None:
    random = np.random.default_rng(0)

    def numbers(*sizes: int) -> Any:
        return fractions(random.integers(-9, 10, sizes)).tolist()

    x, dy, gamma, beta = numbers(*shape), numbers(*shape), numbers(shape[1]), numbers(shape[1])
    assert walks.batch_norm2d_statistics(x) == pure.batch_norm2d_statistics(x)
    given = (None, None) if training else (numbers(shape[1]), numbers(shape[1]))
    options = (*given, Fraction(1, 7), a_root)
    book, walk = pure.batch_norm2d_forward, walks.batch_norm2d_forward
    assert walk(x, gamma, beta, *options) == book(x, gamma, beta, *options)
    back, walk_back = pure.batch_norm2d_backward, walks.batch_norm2d_backward
    assert walk_back(dy, x, gamma, *options) == back(dy, x, gamma, *options)


@pytest.mark.parametrize("name", walks.__all__)
def test_a_walk_has_the_arguments_of_the_book_and_the_engine_takes_it(name: str) -> None:
    walk, book = getattr(walks, name), getattr(pure, name)
    assert walk is not book
    assert inspect.signature(walk) == inspect.signature(book)
    assert getattr(BOOK, name) is walk
