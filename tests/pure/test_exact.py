"""Gradients of linear and piecewise linear operations, exact: fractions, zero tolerance.

For L = Σ dY·Y and any direction D of one operand, the slope of L along D is a quotient of
differences that a linear function leaves exact for any step, and a piecewise linear one for any
step too small to reach the next kink.  It has to equal Σ gradient·D to the last digit.
"""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters import Array, Operands, PureAdapter, fractions, fractions_of
from tests.cases import LINEAR, PIECEWISE_LINEAR, Case, conv2d_cases, pool_cases

PURE = PureAdapter()
# Operands are whole numbers, and directions at most 3 a place: no step this small meets a kink.
STEP = Fraction(1, 1_000_000)
DIRECTIONS = 3


def whole_numbers(shape: tuple[int, ...], random: np.random.Generator) -> Array:
    return fractions(random.integers(-3, 4, shape))


def assert_exact(case: Case, operands: Operands) -> None:
    random = np.random.default_rng(1)
    y = PURE.forward(case, operands)
    dy = whole_numbers(y.shape, random)
    gradients = PURE.backward(case, dy, operands)
    assert gradients.keys() == operands.keys()
    for name, value in operands.items():
        assert gradients[name].shape == value.shape
        for _ in range(DIRECTIONS):
            direction = whole_numbers(value.shape, random)
            moved = PURE.forward(case, {**operands, name: value + STEP * direction})
            slope = ((moved - y) * dy).sum() / STEP
            assert slope == (gradients[name] * direction).sum(), f"dL/d{name}"


@pytest.mark.parametrize("case", [*LINEAR, *PIECEWISE_LINEAR], ids=str)
def test_gradient_equals_difference_exactly(case: Case) -> None:
    assert_exact(case, fractions_of(case))


@given(case=conv2d_cases(), seed=st.integers(0, 2**32 - 1))
def test_any_convolution_is_exact(case: Case, seed: int) -> None:
    assert_exact(case, fractions_of(case, seed))


@given(case=pool_cases(), seed=st.integers(0, 2**32 - 1))
def test_any_pooling_is_exact(case: Case, seed: int) -> None:
    assert_exact(case, fractions_of(case, seed))


@pytest.mark.parametrize("case", [*LINEAR, *PIECEWISE_LINEAR], ids=str)
def test_fractions_stay_fractions(case: Case) -> None:
    """Nothing on the way turns an exact number into a float."""
    y = PURE.forward(case, fractions_of(case))
    gradients = PURE.backward(case, fractions(np.ones(y.shape)), fractions_of(case))
    for array in (y, *gradients.values()):
        assert {type(number) for number in array.flat} == {Fraction}
