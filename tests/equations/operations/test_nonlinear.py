"""Stated gradients of operations that are not linear, against central differences in float64.

The step is h = 1e−4.  A central difference of a function with third derivative f''' is wrong by
h²·f'''/6 and by rounding of about 2⁻⁵³·|f|/h; with values of order 1 both stay below 1e−8·10, and
the tolerance is 1e−6.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from backlit import pure
from backlit.equations import (
    Operation,
    batch_norm2d,
    elu,
    gelu,
    hard_sigmoid,
    hard_swish,
    leaky_relu,
    relu,
    relu6,
    sigmoid,
    silu,
    softmax_cross_entropy,
    softplus,
    tanh,
)
from tests.equations.brute import at, changed, dot, filled, integers, places

STEP, TOLERANCE = 1e-4, 1e-6
POINTS = [-3.4, -1.2, -0.4, 0.3, 0.9, 2.5, 7.1]


def central(forward: Callable[[Any], float], numbers: Any, place: tuple[int, ...]) -> float:
    above = forward(changed(numbers, place, STEP))
    below = forward(changed(numbers, place, -STEP))
    return (above - below) / (2 * STEP)


def _erf_gelu(x: float) -> float:
    return x / 2 * (1 + math.erf(x / math.sqrt(2)))


ACTIVATIONS: list[tuple[Operation, Callable[[float], float]]] = [
    (relu(), lambda x: x if x > 0 else 0.0),
    (relu6(), lambda x: min(max(x, 0.0), 6.0)),
    (hard_sigmoid(), lambda x: min(max(x + 3, 0.0), 6.0) / 6),
    (hard_swish(), lambda x: x * min(max(x + 3, 0.0), 6.0) / 6),
    (softplus(), lambda x: math.log(1 + math.exp(x))),
    (leaky_relu(0.2), lambda x: x if x > 0 else 0.2 * x),
    (elu(1), lambda x: x if x > 0 else math.exp(x) - 1),
    (elu(0.7), lambda x: x if x > 0 else 0.7 * (math.exp(x) - 1)),
    (sigmoid(), lambda x: 1 / (1 + math.exp(-x))),
    (tanh(), math.tanh),
    (gelu(), _erf_gelu),
    (silu(), lambda x: x / (1 + math.exp(-x))),
]


@pytest.mark.parametrize(
    ("operation", "function"), ACTIVATIONS, ids=lambda each: getattr(each, "name", "")
)
def test_activation(operation: Operation, function: Callable[[float], float]) -> None:
    X = [POINTS]
    for k, x in enumerate(POINTS):
        assert operation.forward.evaluate((0, k), {"X": X}).total == pytest.approx(
            function(x), rel=1e-14
        )
        evaluation = operation.gradients["input"].evaluate(
            (0, k), {"X": X, "dY": [[2.0] * len(POINTS)]}
        )
        slope = central(lambda row: function(row[0]), [x], (0,))
        assert evaluation.total == pytest.approx(2 * slope, abs=TOLERANCE)


@pytest.mark.parametrize("operation", [each for each, _ in ACTIVATIONS], ids=lambda each: each.name)
def test_a_nan_stays_one(operation: Operation) -> None:
    assert math.isnan(operation.forward.evaluate((0,), {"X": [math.nan]}).total)


def test_the_slope_of_hard_swish_at_a_nan_is_the_books() -> None:
    tensors = {"X": [math.nan], "dY": [2.0]}
    assert math.isnan(hard_swish().gradients["input"].evaluate((0,), tensors).total)
    assert math.isnan(pure.hard_swish_backward([2.0], [math.nan])[0])


@pytest.mark.parametrize("depth", [0, 1, 2, 4])
def test_activations_take_any_number_of_axes(depth: int) -> None:
    X: Any = -1.5
    for _ in range(depth):
        X = [X]
    place = (0,) * depth
    assert leaky_relu(0.5).forward.evaluate(place, {"X": X}).total == -0.75


def test_slopes_at_the_kink() -> None:
    tensors = {"X": [0], "dY": [7]}
    assert relu().gradients["input"].evaluate((0,), tensors).total == 0
    assert relu6().gradients["input"].evaluate((0,), tensors).total == 0
    assert relu6().gradients["input"].evaluate((0,), {"X": [6], "dY": [7]}).total == 0
    for x in (-3, 3):
        assert hard_sigmoid().gradients["input"].evaluate((0,), {"X": [x], "dY": [7]}).total == 0
    for x, slope in ((-3, 0), (3, 1)):
        error = hard_swish().gradients["input"].evaluate((0,), {"X": [x], "dY": [7]})
        assert error.total == 7 * slope
    assert leaky_relu(Fraction(1, 4)).gradients["input"].evaluate((0,), tensors).total == Fraction(
        7, 4
    )


def test_the_piecewise_linear_ones_are_exact() -> None:
    tensors = {"X": [Fraction(-2, 3), Fraction(2, 3)], "dY": [Fraction(1, 7), Fraction(1, 7)]}
    third = Fraction(1, 3)
    error = leaky_relu(third).gradients["input"]
    assert [error.evaluate((k,), tensors).total for k in (0, 1)] == [
        Fraction(1, 21),
        Fraction(1, 7),
    ]
    assert leaky_relu().gradients["input"].evaluate((0,), tensors, {"α": third}).total == Fraction(
        1, 21
    )


@pytest.mark.parametrize(("x", "limit"), [(-800.0, 0.0), (800.0, 1.0)])
def test_sigmoid_does_not_overflow(x: float, limit: float) -> None:
    assert sigmoid().forward.evaluate((0,), {"X": [x]}).total == limit
    assert silu().forward.evaluate((0,), {"X": [x]}).total == pytest.approx(limit * x)


def test_activation_gradients_find_the_output_themselves() -> None:
    """Y need not be given; where it is, it is used."""
    error = tanh().gradients["input"]
    assert error.evaluate((0,), {"X": [0.5], "dY": [1.0]}).total == pytest.approx(
        1 - math.tanh(0.5) ** 2
    )
    assert error.evaluate((0,), {"Y": [0.5], "dY": [1.0]}).total == 0.75


# --- batch normalization ----------------------------------------------------------------------


def normalize(X: Any, gamma: Any, beta: Any, eps: float) -> Any:
    channels = list(range(len(gamma)))
    columns = [[number for image in X for row in image[c] for number in row] for c in channels]
    means = [sum(column) / len(column) for column in columns]
    variances = [
        sum((number - mean) ** 2 for number in column) / len(column)
        for column, mean in zip(columns, means, strict=True)
    ]
    return [
        [
            [
                [
                    gamma[c] * (number - means[c]) / math.sqrt(variances[c] + eps) + beta[c]
                    for number in row
                ]
                for row in image[c]
            ]
            for c in channels
        ]
        for image in X
    ]


def floats(shape: tuple[int, ...], seed: int) -> Any:
    numbers = iter([number / 3 for number in _flat(integers(shape, seed))])
    return filled(shape, lambda: next(numbers))


def _flat(numbers: Any) -> list[Any]:
    return (
        [number for each in numbers for number in _flat(each)]
        if isinstance(numbers, list)
        else [numbers]
    )


EPS = 1e-3
BATCH = {
    "X": floats((2, 2, 2, 3), 1),
    "γ": [1.5, -0.5],
    "β": [0.25, 2.0],
    "dY": floats((2, 2, 2, 3), 2),
}


def test_batch_norm_forward() -> None:
    expected = normalize(BATCH["X"], BATCH["γ"], BATCH["β"], EPS)
    forward = batch_norm2d(eps=EPS).forward
    for place in places(expected):
        assert forward.evaluate(place, BATCH).total == pytest.approx(at(expected, place), rel=1e-12)


@pytest.mark.parametrize(("name", "symbol"), [("input", "X"), ("weight", "γ"), ("bias", "β")])
def test_batch_norm_gradients(name: str, symbol: str) -> None:
    def loss(numbers: Any) -> float:
        tensors = {**BATCH, symbol: numbers}
        result: float = dot(BATCH["dY"], normalize(tensors["X"], tensors["γ"], tensors["β"], EPS))
        return result

    equation = batch_norm2d(eps=EPS).gradients[name]
    for place in places(BATCH[symbol]):
        expected = central(loss, BATCH[symbol], place)
        assert equation.evaluate(place, BATCH).total == pytest.approx(expected, abs=TOLERANCE)


def test_batch_norm_takes_what_a_layer_recorded() -> None:
    """Given statistics are read, under their letters or their plain names; nothing is summed."""
    given = {"X": [[[[5.0]]]], "mean": [3.0], "variance": [4.0], "weight": [10.0], "bias": [1.0]}
    assert batch_norm2d(eps=0).forward.evaluate((0, 0, 0, 0), given).total == 11.0
    greek = {"X": [[[[5.0]]]], "μ": [3.0], "σ²": [4.0], "γ": [10.0], "β": [1.0]}
    assert batch_norm2d(eps=0).forward.evaluate((0, 0, 0, 0), greek).total == 11.0


def test_batch_norm_in_evaluation() -> None:
    """With constant statistics everything is linear, and exact where the root is."""
    tensors = {
        "X": integers((2, 2, 2, 2), 1),
        "μ": [Fraction(1, 3), Fraction(-2)],
        "σ²": [Fraction(9, 4), Fraction(4)],
        "γ": [Fraction(2, 7), Fraction(3)],
        "β": [Fraction(1, 5), Fraction(0)],
        "dY": integers((2, 2, 2, 2), 2),
    }
    operation = batch_norm2d(training=False, eps=0)
    for n, c, h, w in places(tensors["X"]):
        root = {0: Fraction(3, 2), 1: Fraction(2)}[c]
        X, dY = at(tensors["X"], (n, c, h, w)), at(tensors["dY"], (n, c, h, w))
        expected = tensors["γ"][c] * (X - tensors["μ"][c]) / root + tensors["β"][c]
        assert operation.forward.evaluate((n, c, h, w), tensors).total == expected
        error = operation.gradients["input"].evaluate((n, c, h, w), tensors).total
        assert error == dY * tensors["γ"][c] / root
    assert operation.gradients["gamma"] is operation.gradients["weight"]
    assert operation.gradients["beta"] is operation.gradients["bias"]


# --- softmax and cross-entropy ------------------------------------------------------------------

Z = [[0.5, -1.0, 2.0], [1.0, 1.5, -0.5]]
LABELS = [2, 0]
T = [[int(k == label) for k in range(3)] for label in LABELS]


def cross_entropy(z: Any) -> float:
    losses = [
        math.log(sum(math.exp(score) for score in row)) - row[label]
        for row, label in zip(z, LABELS, strict=True)
    ]
    return float(sum(losses) / len(losses))


def test_loss_and_its_error() -> None:
    operation = softmax_cross_entropy()
    probabilities, loss = operation.steps
    assert sum(probabilities.evaluate((0, k), {"Z": Z}).total for k in range(3)) == pytest.approx(1)
    evaluation = loss.evaluate((), {"Z": Z, "T": T})
    assert evaluation.total == pytest.approx(cross_entropy(Z), rel=1e-14)
    assert len(evaluation.terms) == 2  # one for each image: its true class
    for place in places(Z):
        error = operation.gradients["input"].evaluate(place, {"Z": Z, "T": T}).total
        assert error == pytest.approx(central(cross_entropy, Z, place), abs=TOLERANCE)


def test_large_scores_do_not_overflow() -> None:
    probabilities = softmax_cross_entropy().steps[0]
    scores = [[1000.0, 999.0, -1000.0]]
    values = [probabilities.evaluate((0, k), {"Z": scores}).total for k in range(3)]
    assert values == pytest.approx([1 / (1 + math.exp(-1)), 1 / (1 + math.e), 0.0])


def test_a_wrong_class_of_probability_zero_does_not_matter() -> None:
    loss = softmax_cross_entropy().forward
    assert loss.evaluate((), {"P": [[1.0, 0.0]], "T": [[1, 0]]}).total == 0
