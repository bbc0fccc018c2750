import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import backlit as bl
from backlit.explain import Agreement, Trace
from backlit.explain.agreement import agreement
from tests.explain.networks import CONVOLUTIONS

FLOAT64 = np.dtype(np.float64)
EPS = 2.0**-52


def test_the_bound_is_that_of_adding_up() -> None:
    found = agreement(1.0, 1.0, size=3.0, terms=9, dtype=FLOAT64)
    assert found.bound == 25 * EPS * 3
    assert found.usual == 5 * EPS * 3
    narrow = agreement(1.0, 1.0, size=3.0, terms=9, dtype=np.dtype(np.float32))
    assert narrow.bound == 25 * 2.0**-23 * 3


@given(
    st.lists(st.tuples(*[st.floats(-1e3, 1e3, allow_subnormal=False)] * 2), min_size=1, max_size=50)
)
def test_no_sum_of_products_lies_beyond_the_bound(pairs: list[tuple[float, float]]) -> None:
    exact = sum(Fraction(a) * Fraction(b) for a, b in pairs)
    rounded = sum(a * b for a, b in pairs)
    size = sum(abs(a * b) for a, b in pairs)
    bound = agreement(0.0, 0.0, size, len(pairs), FLOAT64).bound
    # Products below the smallest normal number are rounded by up to 2^-1075 each.
    assert abs(Fraction(rounded) - exact) <= Fraction(bound) + len(pairs) * Fraction(2) ** -1074


@pytest.mark.parametrize(
    ("total", "engine", "difference", "relative", "holds"),
    [
        (1.0, 1.0, 0.0, 0.0, True),
        (1.5, 1.0, 0.5, 0.5, True),
        (2.5, 1.0, 1.5, 1.5, False),
        (0.5, 0.0, 0.5, math.inf, True),
        (0.0, 0.0, 0.0, 0.0, True),
        (math.nan, math.nan, 0.0, 0.0, True),
        (math.inf, math.inf, 0.0, 0.0, True),
        (math.nan, 1.0, math.nan, math.nan, False),
        (math.inf, 1.0, math.inf, math.inf, False),
    ],
)
def test_difference(
    total: float, engine: float, difference: float, relative: float, holds: bool
) -> None:
    found = Agreement(total, engine, usual=0.1, bound=1.0)
    np.testing.assert_equal(found.difference, difference)
    np.testing.assert_equal(found.relative, relative)
    assert found.holds == holds


def test_an_engine_that_is_a_millionth_wrong_is_noticed() -> None:
    trace: Trace = CONVOLUTIONS[0].trace()
    recording = trace.recording
    for array in (
        recording.gradients["conv1.weight"],
        recording.gradients["dense1.bias"],
        recording.activations["conv1"],
        recording.errors["conv1"],
    ):
        array *= 1 + 1e-6
    wrong = Trace(trace.snapshot, replace(recording, loss=recording.loss * (1 + 1e-6)))
    assert not wrong["dense1.bias", 0].agreement.holds
    assert not wrong["conv1.output", 0, 0, 1, 1].agreement.holds
    assert not wrong["loss"].agreement.holds
    assert wrong["dense1.error", 0, 0].agreement.holds


def test_a_confident_network_is_no_reason_for_alarm() -> None:
    """ln P of a P close to 1 loses most digits, here and in the engine, each in its own way."""
    net = bl.Network((1, 1, 2), [bl.Flatten(), bl.Dense(3)])
    net.parameters["dense1.weight"][...] = [[30.0, 0.5], [0.1, 0.2], [-3.0, 0.7]]
    trace = bl.explain(net, np.ones((2, 1, 1, 2)), np.array([0, 0]))
    assert trace.recording.loss < 1e-12
    assert trace["loss"].agreement.holds
    assert all(trace["probability", 0, k].agreement.holds for k in range(3))
    assert all(trace["dense1.error", 0, k].agreement.holds for k in range(3))
