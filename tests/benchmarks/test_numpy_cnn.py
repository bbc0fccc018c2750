"""The network in NumPy that backlit is held against: it has to be right to be a peer."""

from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.layers import Layer
from benchmarks import backlit_side, numpy_side
from benchmarks.cases import CASES, Case


def rectified() -> list[Layer]:
    return [
        bl.Conv2d(3, 3, padding=1), bl.ReLU(), bl.MaxPool2d(2),
        bl.Conv2d(4, 2), bl.ReLU(), bl.Flatten(), bl.Dense(10),
    ]  # fmt: skip


def smooth() -> list[Layer]:
    return [
        bl.Conv2d(3, 2), bl.ELU(), bl.MaxPool2d(3),
        bl.Conv2d(4, 3, padding=2), bl.ELU(), bl.MaxPool2d(2), bl.Flatten(),
        bl.Dense(5), bl.ELU(), bl.Dense(10),
    ]  # fmt: skip


def both(case: Case, images: int) -> tuple[Any, Any]:
    """NumPy's side and the book's, with the same weights, images and labels."""
    parameters = {
        name: array.astype(np.float32)
        for name, array in bl.Network(case.shape, case.layers(), "pure", seed=1).parameters.items()
    }
    sides = numpy_side.Side(case, ""), backlit_side.Side(case, "pure")
    random = np.random.default_rng(0)
    pictures = random.standard_normal((images, *case.shape)).astype(np.float32)
    labels = random.integers(0, 10, images)
    for side in sides:
        side.load(parameters, pictures, labels)
    return sides


def assert_close(ours: dict[str, Any], true: dict[str, Any]) -> None:
    """In float32, layer by layer: sums of some hundred products, and their images'."""
    assert ours.keys() == true.keys()
    for name, each in true.items():
        assert ours[name].dtype == np.float32
        np.testing.assert_allclose(ours[name], each, atol=2.0**-17 * np.abs(each).max(), rtol=0)


@pytest.mark.parametrize("layers", [rectified, smooth])
def test_loss_gradients_and_scores_are_the_books(layers: Any) -> None:
    numpy, book = both(Case((2, 11, 10), layers, 3, 1.0), 3)
    (our_loss, ours), (loss, true) = numpy.gradients(), book.gradients()
    assert our_loss == pytest.approx(loss, rel=2.0**-17)
    assert_close(ours, true)
    np.testing.assert_allclose(numpy.predict(), book.predict(), atol=1e-5)


def test_the_case_that_learners_meet_first() -> None:
    numpy, book = both(CASES["lenet"], 1)
    assert_close(numpy.gradients()[1], book.gradients()[1])


def test_steps_go_the_same_way() -> None:
    numpy, book = both(Case((1, 8, 8), smooth, 2, 1.0), 2)
    before = {name: array.copy() for name, array in book.net.parameters.items()}
    for _ in range(3):
        numpy.step()
        book.step()
    for node, layer in numpy.layers.items():
        for name, array in layer.parameters.items():
            key = f"{node}.{name}"
            moved, true = array - before[key], book.net.parameters[key] - before[key]
            # Steps are some 1e-4 of the weights, which are rounded to 2⁻²⁴ of their size.
            np.testing.assert_allclose(moved, true, atol=2.0**-22 * np.abs(array).max(), rtol=0)
            assert np.abs(true).max() > 0
