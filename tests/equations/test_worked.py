"""Equations with the numbers of a run put in."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from backlit.equations import (
    Operation,
    avg_pool2d,
    batch_norm2d,
    conv2d,
    dense,
    elu,
    flatten,
    format_number,
    leaky_relu,
    max_pool2d,
    relu,
    silu,
    softmax_cross_entropy,
    tanh,
    update,
)

DENSE = {"X": [[0.5, -0.25, 2.0]], "W": [[0.31, -0.02, 1.0]], "b": [-0.1], "dY": [[-0.5]]}


@pytest.mark.parametrize(
    ("operation", "which", "index", "tensors", "expected"),
    [
        (dense(), "forward", (0, 0), DENSE,
         "Y[0,0] = −0.1 + 0.31·0.5 + (−0.02)·(−0.25) + 1·2 = 2.06"),
        (dense(), "input", (0, 1), DENSE, "dX[0,1] = −0.5·(−0.02) = 0.01"),
        (dense(), "bias", (0,), DENSE, "db[0] = −0.5"),
        (max_pool2d(2), "forward", (0, 0, 0, 0), {"X": [[[[1.0, -5.0], [3.0, 2.0]]]]},
         "Y[0,0,0,0] = max(1, −5, 3, 2) = 3"),
        (max_pool2d(2, 2, 0), "input", (0, 0, 1, 0),
         {"X": [[[[1.0, -5.0], [3.0, 2.0]]]], "dY": [[[[0.7]]]]}, "dX[0,0,1,0] = 0.7·1 = 0.7"),
        (avg_pool2d(1, 1, 0), "forward", (0, 0, 0, 0), {"X": [[[[Fraction(1, 3)]]]]},
         "Y[0,0,0,0] = 1·(1/3) = 1/3"),
        (relu(), "forward", (0,), {"X": [-0.5]}, "Y[0] = max(0, −0.5) = 0"),
        (relu(), "input", (0,), {"X": [0.31], "dY": [-2.0]}, "dX[0] = −2 · [0.31 > 0] = −2"),
        (elu(1), "forward", (0,), {"X": [-0.5]}, "Y[0] = e^(−0.5) − 1 = −0.3935"),
        (elu(0.5), "input", (0,), {"X": [-0.5], "Y": [-0.2], "dY": [2.0]},
         "dX[0] = 2 · (−0.2 + 0.5) = 0.6"),
        (leaky_relu(), "input", (0,), {"X": [-0.5], "dY": [2.0]}, "dX[0] = 2 · 0.1 = 0.2"),
        (tanh(), "input", (0,), {"Y": [-0.5], "dY": [2.0]}, "dX[0] = 2 · (1 − (−0.5)²) = 1.5"),
        (silu(), "forward", (0,), {"X": [0.0]}, "Y[0] = 0 · sigmoid(0) = 0"),
        (flatten(), "forward", (0, 3), {"X": [[[[1, 2], [3, 4]]]]}, "Y[0,3] = 4"),
        (softmax_cross_entropy(), "input", (0, 1), {"P": [[0.25, 0.75]], "T": [[0, 1]]},
         "dZ[0,1] = (0.75 − 1)/1 = −0.25"),
        (softmax_cross_entropy(), "forward", (), {"P": [[0.25, 0.75]], "T": [[0, 1]]},
         "L = −1·1·(−0.2877) = 0.2877"),
        (update(0.5), "forward", (0,), {"W": [-1.0], "dW": [-0.5]},
         "W[0] ← −1 − 0.5 · (−0.5) = −0.75"),
        (batch_norm2d(training=False, eps=0), "input", (0, 0, 0, 0),
         {"γ": [-2.0], "σ²": [4.0], "dY": [[[[3.0]]]]}, "dX[0,0,0,0] = (−2)/√(4 + 0) · 3 = −3"),
    ],
)  # fmt: skip
def test_numbers(
    operation: Operation, which: str, index: Any, tensors: dict[str, Any], expected: str
) -> None:
    equation = operation.forward if which == "forward" else operation.gradients[which]
    sizes = {"s": 2, "p": 0, "α": 0.1}
    evaluation = equation.evaluate(index, tensors, sizes)
    assert str(equation.with_numbers(evaluation)) == expected


def test_softmax_shows_the_sum_below_the_line() -> None:
    probabilities = softmax_cross_entropy().steps[0]
    evaluation = probabilities.evaluate((0, 0), {"Z": [[0.0, 0.0]]})
    assert str(probabilities.with_numbers(evaluation)) == "P[0,0] = e^0/2 = 0.5"


def test_long_sums_are_cut() -> None:
    ones = [[[[1.0] * 9] * 9]]
    equation = conv2d(1, 1, 0, 1, 1).gradients["weight"]
    evaluation = equation.evaluate((0, 0, 0, 0), {"X": ones, "dY": ones})
    assert str(equation.with_numbers(evaluation, limit=2)) == (
        "dW[0,0,0,0] = 1·1 + 1·1 + … 79 more = 81"
    )
    assert "more" not in str(equation.with_numbers(evaluation, limit=81))
    assert str(max_pool2d(9).forward.with_numbers(
        max_pool2d(9, 9, 0).forward.evaluate((0, 0, 0, 0), {"X": ones}), limit=3
    )) == "Y[0,0,0,0] = max(1, 1, 1, … 78 more) = 1"  # fmt: skip


def test_an_empty_sum_is_zero() -> None:
    equation = conv2d(1, 2, 0, 1, 1).gradients["input"]
    tensors = {"W": [[[[2.0]]]], "dY": [[[[3.0]]]]}
    evaluation = equation.evaluate((0, 0, 1, 1), tensors)
    assert str(equation.with_numbers(evaluation)) == "dX[0,0,1,1] = 0"


def test_numbers_keep_the_roles() -> None:
    equation = dense().gradients["input"]
    spans = equation.with_numbers(equation.evaluate((0, 1), DENSE)).spans()
    assert spans[0] == ("dX", "error:dX")
    assert {span.role for span in spans[1:]} == {"punctuation", "number", "operator", "space"}


def test_latex_of_numbers() -> None:
    equation = dense().gradients["input"]
    worked = equation.with_numbers(equation.evaluate((0, 1), DENSE))
    assert worked.latex() == r"{\mathrm{d}X}_{0, 1} = -0.5 \, \left(-0.02\right) = 0.01"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.31, "0.31"),
        (-0.02, "−0.02"),
        (1.23456789, "1.235"),
        (12345.678, "12346"),
        (1.2e-5, "1.2e−5"),
        (-3.4e12, "−3.4e12"),
        (0.0, "0"),
        (-0.0, "0"),
        (7, "7"),
        (True, "1"),
        (Fraction(-3, 4), "−3/4"),
        (Fraction(8, 4), "2"),
        (float("inf"), "∞"),
        (float("-inf"), "−∞"),
        (float("nan"), "NaN"),
    ],
)
def test_format_number(value: Any, text: str) -> None:
    assert format_number(value) == text
