"""Clipping by the norm of all gradients together."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlit.network.flat import FlatArrays, flat_copy
from backlit.training.clipping import clip_gradients, global_norm

Arrays = dict[str, Any]


def clipped(gradients: Arrays, limit: float) -> Arrays:
    """Copies of gradients, clipped one array after the other."""
    copies = {name: array.copy() for name, array in gradients.items()}
    clip_gradients(copies, limit)
    return copies


def clipped_in_a_row(gradients: Arrays, limit: float) -> FlatArrays:
    """Copies of gradients, clipped as one row."""
    copies = flat_copy(gradients, next(iter(gradients.values())).dtype)
    clip_gradients(copies, limit)
    return copies


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("limit", [0.5, 1e9])
def test_a_row_is_clipped_to_the_bits_of_its_arrays(kind: Any, limit: float) -> None:
    random = np.random.default_rng(0)
    gradients = {name: random.standard_normal(5 * size).astype(kind) for name, size in SIZES}
    row = clipped_in_a_row(gradients, limit)
    np.testing.assert_equal(dict(row), clipped(gradients, limit))
    assert all(np.shares_memory(array, row.flat) for array in row.values())


SIZES = [("a", 3), ("b", 700), ("c", 1)]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_has_no_length_and_stays(bad: float) -> None:
    for place in (0, 1):
        numbers = [3.0, 3.0]
        numbers[place] = bad
        gradients = {"a": np.array(numbers), "b": np.array([4.0])}
        for clip in (clipped, clipped_in_a_row):
            np.testing.assert_equal(dict(clip(gradients, 1.0)), gradients)


def test_the_norm_is_of_all_gradients_together() -> None:
    assert global_norm({"a": np.array([[3.0], [0.0]]), "b": np.array([-4.0])}) == 5


def test_long_gradients_keep_their_direction_and_get_the_length() -> None:
    short = clipped({"a": np.array([3.0, 0.0]), "b": np.array([-4.0])}, 1.0)
    np.testing.assert_allclose(short["a"], [0.6, 0.0], rtol=1e-15)
    np.testing.assert_allclose(short["b"], [-0.8], rtol=1e-15)


@pytest.mark.parametrize("limit", [5.0, 100.0])
def test_what_is_short_enough_stays_as_it_is(limit: float) -> None:
    gradients = {"a": np.array([3.0]), "b": np.array([-4.0])}
    np.testing.assert_equal(clipped(gradients, limit), gradients)


def test_no_gradient_at_all_stays_nothing() -> None:
    np.testing.assert_equal(clipped({"a": np.zeros(3)}, 1.0), {"a": np.zeros(3)})


def test_a_gradient_whose_square_overflows_is_clipped_too() -> None:
    short = clipped({"a": np.array([3e200]), "b": np.array([4e200])}, 10.0)
    np.testing.assert_allclose([short["a"][0], short["b"][0]], [6, 8], rtol=1e-15)


def test_float32_stays_float32() -> None:
    assert clipped({"a": np.ones(9, np.float32)}, 0.5)["a"].dtype == np.float32


@given(st.lists(st.floats(-1e100, 1e100), min_size=1, max_size=9), st.floats(1e-3, 1e3))
def test_the_norm_never_exceeds_the_limit(numbers: list[float], limit: float) -> None:
    gradients = {"a": np.array(numbers)}
    norm = global_norm(clipped(gradients, limit))
    # Rounding: once for each quotient, product and square, and in the root.
    assert norm <= limit * (1 + 8 * np.finfo(float).eps)
    if math.sqrt(sum(number * number for number in numbers)) < limit:
        np.testing.assert_array_equal(clipped(gradients, limit)["a"], gradients["a"])


def test_the_length_of_gradients_whose_squares_would_overflow() -> None:
    gradients = {"a": np.array([3e200, 0.0]), "b": np.array([-4e200])}
    assert global_norm(gradients) == pytest.approx(5e200)
    short = clipped(gradients, 1.0)
    assert short["a"][0] == pytest.approx(3e200 / global_norm(gradients))
    assert global_norm({"a": np.zeros(3)}) == 0
    assert global_norm({}) == 0
