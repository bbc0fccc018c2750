"""Softmax and cross-entropy against the book."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from backlit import pure
from backlit.engines.fast.compiling.kernel import Kernel
from tests.engines.fast.kernels.widths import EVERY_WIDTH
from tests.engines.fast.layouts import rows
from tests.engines.fast.running import run

Floats = NDArray[np.float32]
_UNIT = 2.0**-24


def _loss(z: Floats, labels: list[int], lanes: int) -> tuple[Floats, Floats]:
    """(dZ with what fills it up, loss of each image)."""
    scores = rows(z, lanes)
    dz = np.full_like(scores, np.nan)
    losses = np.zeros(len(z), np.float32)
    inverse = np.array([1 / len(z)], np.float32)
    kernel = Kernel.of(
        "loss:softmax_cross_entropy", classes=z.shape[1], stride=scores.shape[1], lanes=lanes
    )
    run(kernel, len(z), scores, np.array(labels, np.int64), dz, losses, inverse)
    return dz, losses


def _softmax(z: Floats, lanes: int) -> Floats:
    scores = rows(z, lanes)
    kernel = Kernel.of("loss:softmax", classes=z.shape[1], stride=scores.shape[1], lanes=lanes)
    run(kernel, len(z), scores, scores)
    return scores


@pytest.mark.parametrize("lanes", EVERY_WIDTH)
@pytest.mark.parametrize("classes", [1, 10, 37, 48])
def test_loss_and_error_are_those_of_the_book(classes: int, lanes: int) -> None:
    random = np.random.default_rng(classes)
    z = (random.normal(size=(5, classes)) * [[0.1], [1], [5], [30], [200]]).astype(np.float32)
    labels = random.integers(0, classes, 5).tolist()
    doubles = z.astype(float).tolist()
    exact = np.array(
        [
            pure.softmax_cross_entropy_forward([row], [label])
            for row, label in zip(doubles, labels, strict=True)
        ]
    )
    dz, losses = _loss(z, labels, lanes)
    largest = np.abs(z).max(axis=1)  # the exponents are exact to a part of the scores' size
    assert np.all(np.abs(losses - exact) <= 8 * _UNIT * (1 + largest + np.abs(exact)))

    exact = np.array(pure.softmax_cross_entropy_backward(doubles, labels))
    assert np.all(np.abs(dz[:, :classes] - exact) <= 8 * _UNIT * (1 + largest[:, None]) / 5)
    assert not dz[:, classes:].any()

    exact = np.array(pure.softmax(doubles))
    probabilities = _softmax(z, lanes)
    bound = (8 + 2 * classes**0.5 + 4 * largest[:, None]) * _UNIT * exact + 1e-44
    assert np.all(np.abs(probabilities[:, :classes] - exact) <= bound)
    assert not probabilities[:, classes:].any()


@pytest.mark.parametrize("lanes", EVERY_WIDTH)
@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_a_row_with_nan_or_infinity_is_lost_and_no_other(wrong: float, lanes: int) -> None:
    z = np.zeros((3, 10), np.float32)
    z[1, 9] = wrong
    dz, losses = _loss(z, [0, 1, 2], lanes)
    assert np.isnan(losses[1])
    assert np.isnan(dz[1, :10]).all()
    np.testing.assert_allclose(losses[[0, 2]], math.log(10), rtol=1e-6)
    assert np.isfinite(dz[[0, 2]]).all()
    assert np.isnan(_softmax(z, lanes)[1, :10]).all()


def test_a_class_at_minus_infinity_has_no_probability() -> None:
    z = np.array([[0, -math.inf, 0]], np.float32)
    np.testing.assert_array_equal(_softmax(z, 8)[0, :3], [0.5, 0, 0.5])
    assert _loss(z, [1], 8)[1][0] == math.inf


def test_large_scores_do_not_overflow() -> None:
    dz, losses = _loss(np.array([[3e38, -3e38]], np.float32), [1], 4)
    assert losses[0] == math.inf  # 6e38 is more than a float32 can be
    np.testing.assert_array_equal(dz[0, :2], [1, -1])
