"""Convolutions from one channel and to few, in every width, against the book."""

from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.engines.fast.plan.builder import PlanPurpose
from backlit.engines.fast.plan.collecting import collect
from backlit.engines.fast.simd.lanes import WIDTHS

FROM_ONE, GRADIENT = "narrow:from_one", "narrow:gradient_of_one"
TO_FEW = "narrow:to_few"
# Input shape, layers, and the kernels that have to take part; a vector has ``lanes`` numbers.
CASES: dict[str, tuple[tuple[int, int, int], list[Any]]] = {
    "LeNet": ((1, 20, 20), [bl.Conv2d(2, 5, padding=2), bl.ReLU(), bl.Conv2d(16, 5)]),
    "vertical stride, no bias": (
        (1, 21, 19),
        [bl.Conv2d(1, (2, 3), stride=(3, 1), bias=False), bl.Tanh(), bl.Conv2d(16, (3, 2))],
    ),
    "vectors much longer than rows": ((1, 12, 5), [bl.Conv2d(1, 2), bl.Conv2d(16, 3)]),
    "dilated": (
        (1, 23, 26),
        [bl.Conv2d(2, (3, 9), dilation=(2, 1), padding=(1, 0)), bl.Conv2d(32, 3, dilation=2)],
    ),
    "strided on the way back": (
        (1, 18, 33),
        [bl.Conv2d(2, 3), bl.ELU(), bl.Conv2d(16, 5, stride=2, padding=(2, 1))],
    ),
    "a window wider than the stride leaves no taps": (
        (1, 17, 17),
        [bl.Conv2d(2, 2), bl.Conv2d(16, 2, stride=3)],
    ),
}


@pytest.mark.parametrize(
    ("lanes", "name"),
    [
        (16, "LeNet"),
        *(
            pytest.param(n, name, marks=pytest.mark.widths)
            for n in WIDTHS
            for name in CASES
            if (n, name) != (16, "LeNet")
        ),
    ],
)
def test_they_compute_what_the_plain_sum_computes(
    name: str, lanes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within 8·√K roundings of the largest: the sums of the equation, in another order."""
    monkeypatch.setenv("BACKLIT_LANES", str(lanes))
    shape, begin = CASES[name]
    layers = [*begin, bl.GlobalAvgPool2d(), bl.Dense(3)]
    fast, book = (bl.Network(shape, layers, engine=each, seed=2) for each in ("fast", "pure"))
    plan = collect(fast.graph, PlanPurpose(training=True, gradients=True), lanes, 2).plan()
    assert {FROM_ONE, GRADIENT, TO_FEW} <= {kernel.writer for kernel in plan.kernels}

    random = np.random.default_rng(3)
    images, labels = random.standard_normal((5, *shape)), random.integers(0, 3, 5)
    loss, ours = fast.loss_and_gradients(images, labels)
    true_loss, true = book.loss_and_gradients(images, labels)
    assert loss == pytest.approx(true_loss, rel=2.0**-20)
    terms = 5 * shape[1] * shape[2]
    for key, array in true.items():
        off = np.abs(ours[key] - array).max() / np.abs(array).max()
        assert off <= 8 * terms**0.5 * 2.0**-24, key
    np.testing.assert_allclose(fast.forward(images), book.forward(images), rtol=1e-4, atol=1e-5)


def test_errors_are_added_where_another_layer_reads_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By most of the kernels of the first case above."""
    monkeypatch.setenv("BACKLIT_LANES", "16")
    shape, begin = CASES["LeNet"]
    layers = [
        *begin,
        bl.GlobalAvgPool2d(),
        bl.Dense(2, name="one"),
        bl.GlobalAvgPool2d(inputs="relu1"),
        bl.Add("one"),
    ]
    fast, book = (bl.Network(shape, layers, engine=each) for each in ("fast", "pure"))
    images, labels = np.random.default_rng(3).standard_normal((3, *shape)), [0, 1, 1]
    _, ours = fast.loss_and_gradients(images, labels)
    _, true = book.loss_and_gradients(images, labels)
    for key, array in true.items():
        np.testing.assert_allclose(ours[key], array, rtol=1e-4, atol=1e-6)
