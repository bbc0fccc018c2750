"""Every equation, derived or stated, evaluates to what the book (:mod:`backlit.pure`) computes.

Linear and piecewise linear operations are compared on fractions with no tolerance at all, the
others in float64.  There each side adds up a few dozen numbers of order 1, so they may lie some
1e−15 apart; 1e−12 is far from both that and any real mistake.
"""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from backlit import pure
from backlit.equations import Equation, Operation, add, concat, operation, softmax_cross_entropy
from tests.adapters import PureAdapter, fractions, fractions_of, operands_of
from tests.cases import LINEAR, PIECEWISE_LINEAR, SMOOTH, Case
from tests.equations.everything import elements_of

MOST = 24  # elements of a tensor that are compared; all, if it has no more
LETTERS = {"x": "X", "a": "a", "w": "W", "b": "b", "gamma": "γ", "beta": "β"}
GRADIENTS = {
    "x": "input",
    "a": "weight",
    "w": "weight",
    "b": "bias",
    "gamma": "gamma",
    "beta": "beta",
}
# Options that are floats, as the exact numbers that the adapter of the book uses.
EXACT = {0.01: Fraction(1, 100), 0.25: Fraction(1, 4), 0.5: Fraction(1, 2)}
DEFAULTS: dict[str, dict[str, Any]] = {
    "conv2d": {"stride": 1, "padding": 0, "dilation": 1, "groups": 1},
    "max_pool2d": {"padding": 0},
    "avg_pool2d": {"padding": 0},
    "leaky_relu": {"slope": 0.01},
    "elu": {"alpha": 1.0},
    "batch_norm2d": {"eps": 1e-5},
}


def equations_of(case: Case, operands: dict[str, Any]) -> Operation:
    """The operation of a case."""
    if case.operation == "add":
        return add(len(operands))
    if case.operation == "concat":
        arrays = list(operands.values())
        return concat([array.shape[1] for array in arrays], maps=arrays[0].ndim == 4)
    given = {**DEFAULTS.get(case.operation, {}), **case.options}
    for name in ("key", "labels", "mean"):
        given.pop(name, None)
    if given.pop("variance", None):
        given["training"] = False
    if case.operation in ("conv2d", "dense"):
        given["bias"] = "b" in operands
    if case.operation == "prelu":
        given |= {"shared": len(operands["a"]) == 1, "maps": operands["x"].ndim == 4}
    if any(array.dtype == object for array in operands.values()):
        given = {name: EXACT.get(value, value) for name, value in given.items()}
    return operation(case.operation, **given)


def tensors_of(case: Case, operands: dict[str, Any]) -> dict[str, Any]:
    """The operands under the letters of the equations."""
    if case.operation in ("add", "concat"):
        return {f"X{k + 1}": array for k, array in enumerate(operands.values())}
    tensors = {LETTERS[name]: array for name, array in operands.items()}
    if case.operation == "dropout":
        x = operands["x"]
        mask = pure.dropout_mask(x.size, case.options["rate"], case.options["key"])
        tensors["M"] = np.array(mask).reshape(x.shape)
    if "mean" in case.options:
        tensors |= {"μ": case.options["mean"], "σ²": case.options["variance"]}
    if case.operation == "softmax_cross_entropy":
        classes = operands["x"].shape[1]
        tensors = {"Z": tensors["X"], "T": np.eye(classes, dtype=int)[case.options["labels"]]}
    return tensors


def compare(equation: Equation, tensors: dict[str, Any], expected: Any, exact: bool) -> None:
    places = list(np.ndindex(expected.shape))
    element = elements_of(equation, tensors)
    for place in random.Random(1).sample(places, min(MOST, len(places))):
        total = element(place).total
        if exact:
            assert total == expected[place], place
        else:
            assert total == pytest.approx(expected[place], rel=1e-12, abs=1e-12), place


def check(case: Case, operands: dict[str, Any], dy: Any, exact: bool) -> None:
    book = PureAdapter()
    shown, tensors = equations_of(case, operands), tensors_of(case, operands)
    if case.operation == "softmax_cross_entropy":
        dy = np.array(1.0)
    compare(shown.forward, tensors, book.forward(case, operands), exact)
    for number, (name, expected) in enumerate(book.backward(case, dy, operands).items()):
        several = case.operation in ("add", "concat")
        which = f"input{number + 1}" if several else GRADIENTS[name]
        compare(shown.gradients[which], tensors | {"dY": dy}, expected, exact)


@pytest.mark.parametrize("case", [*LINEAR, *PIECEWISE_LINEAR], ids=str)
def test_exactly_as_in_the_book(case: Case) -> None:
    operands = fractions_of(case, seed=1)
    shape = PureAdapter().forward(case, operands).shape
    numbers = np.random.default_rng(2).integers(1, 9, shape)
    check(case, operands, fractions(numbers), exact=True)


@pytest.mark.parametrize("case", SMOOTH, ids=str)
def test_as_in_the_book(case: Case) -> None:
    operands = operands_of(case, seed=1)
    shape = PureAdapter().forward(case, operands).shape
    check(case, operands, np.random.default_rng(2).standard_normal(shape), exact=False)


def test_probabilities_are_those_of_the_book() -> None:
    scores = np.random.default_rng(3).normal(0, 30, (4, 5))
    probabilities = softmax_cross_entropy().steps[0]
    compare(probabilities, {"Z": scores}, np.array(pure.softmax(scores.tolist())), exact=False)
