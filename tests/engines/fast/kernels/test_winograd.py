"""Winograd's ways through a 3×3 convolution, in every width, against the book."""

import numpy as np
import pytest

import backlit as bl
from backlit.engines.fast.plan.builder import PlanPurpose
from backlit.engines.fast.plan.collecting import collect
from backlit.engines.fast.simd.lanes import WIDTHS

FORWARD, GRADIENT = "winograd:convolution", "winograd_gradient:filter_gradient"
EXCHANGED = "winograd_input_gradient:input_gradient"
# (height, width), channels, filters, padding: which ways there are.
Case = tuple[tuple[int, int], int, int, int | tuple[int, int], set[str]]
CASES: list[Case] = [
    ((6, 6), 32, 32, 0, {FORWARD, GRADIENT, EXCHANGED}),  # one tile forward, four back
    ((11, 13), 35, 33, 0, {FORWARD, GRADIENT, EXCHANGED}),  # tiles with rows left over
    ((9, 8), 34, 40, 1, {FORWARD, GRADIENT}),  # squares that reach over the border
    ((12, 12), 33, 32, (1, 0), {FORWARD, GRADIENT}),
    ((8, 8), 32, 32, 2, {FORWARD, GRADIENT}),  # more than "same"
]


def networks(
    size: tuple[int, int], channels: int, filters: int, padding: int | tuple[int, int]
) -> tuple[bl.Network, bl.Network]:
    """A convolution behind another layer, so that its input has an error; fast, and the book."""
    layers = [
        bl.Conv2d(channels, 1, name="before"),
        bl.Conv2d(filters, 3, padding=padding, name="conv"),
        bl.ELU(),
        bl.GlobalAvgPool2d(),
        bl.Dense(5),
    ]
    fast, book = (bl.Network((3, *size), layers, engine=name, seed=4) for name in ("fast", "pure"))
    return fast, book


@pytest.mark.parametrize(
    ("lanes", "case"),
    [
        (8, CASES[1]),
        *(pytest.param(8, case, marks=pytest.mark.widths) for case in CASES),
        *(pytest.param(n, CASES[k], marks=pytest.mark.widths) for n in WIDTHS for k in (1, 3)),
    ],
)
def test_it_computes_what_the_plain_sum_computes(
    lanes: int, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within 2⁻¹⁷ of the largest: √K roundings of 2⁻²⁴ for K = 300, and ten times for the ways."""
    size, channels, filters, padding, ways = case
    monkeypatch.setenv("BACKLIT_LANES", str(lanes))
    fast, book = networks(size, channels, filters, padding)
    plan = collect(fast.graph, PlanPurpose(training=True, gradients=True), lanes, 2).plan()
    assert ways <= {kernel.writer for kernel in plan.kernels}

    random = np.random.default_rng(3)
    images, labels = random.standard_normal((3, 3, *size)), random.integers(0, 5, 3)
    loss, ours = fast.loss_and_gradients(images, labels)
    true_loss, true = book.loss_and_gradients(images, labels)
    assert loss == pytest.approx(true_loss, rel=2.0**-20)
    for name, array in true.items():
        off = np.abs(ours[name] - array).max() / np.abs(array).max()
        assert off <= 2.0**-17, name


@pytest.mark.widths  # compiles for four seconds
def test_errors_of_two_readers_are_added() -> None:
    """The input of the convolution is read by another layer, too, whose error is there first."""
    layers = [
        bl.Conv2d(32, 1, name="before"),
        bl.Conv2d(32, 3, name="conv"),
        bl.GlobalAvgPool2d(name="one"),
        bl.GlobalAvgPool2d(inputs="before"),
        bl.Add("one"),
        bl.Dense(5),
    ]
    fast, book = (bl.Network((3, 6, 6), layers, engine=name, seed=4) for name in ("fast", "pure"))
    random = np.random.default_rng(3)
    images, labels = random.standard_normal((3, 3, 6, 6)), random.integers(0, 5, 3)
    _, ours = fast.loss_and_gradients(images, labels)
    _, true = book.loss_and_gradients(images, labels)
    plan = collect(fast.graph, PlanPurpose(training=True, gradients=True), 8, 2).plan()
    chosen = [kernel for kernel in plan.kernels if kernel.writer == EXCHANGED]
    assert [dict(kernel.constants)["begin"] for kernel in chosen] == ["add"]
    for name, array in true.items():
        assert np.abs(ours[name] - array).max() <= 2.0**-17 * np.abs(array).max(), name
