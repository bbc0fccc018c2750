"""The rules of the optimizers as they are shown: what is printed is what the optimizers do."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.equations import OPERATIONS, RULES, operation, symbol_text
from backlit.training import Optimizer

U = 2.0**-53  # half a unit in the last place of 1

OPTIMIZERS: dict[str, Optimizer] = {
    "sgd": bl.SGD(0.1),
    "momentum": bl.SGD(0.1, momentum=0.9),
    "nesterov": bl.SGD(0.1, momentum=0.9, nesterov=True),
    "rmsprop": bl.RMSprop(0.1),
    "adam": bl.Adam(0.1),
    "adamw": bl.AdamW(0.1, weight_decay=0.2),
}


def test_the_names() -> None:
    assert list(RULES) == list(OPTIMIZERS)
    assert not RULES.keys() & OPERATIONS.keys()
    for name in RULES:
        assert operation(name).name == name


@pytest.mark.parametrize("name", RULES)
def test_the_printed_lines_are_the_steps_of_the_optimizer(name: str) -> None:
    optimizer, shown = OPTIMIZERS[name], operation(name)
    numbers = {each.symbol: value for each, value in optimizer.settings.items()}
    known: dict[str, Any] = {"sqrt": math.sqrt, "W": 1.5, "η": 0.1, **numbers}
    known |= {"m": 0.0, "s": 0.0, "v": 0.0}
    known |= {"β_1": numbers.get("β₁"), "β_2": numbers.get("β₂")}
    weight, state = np.array(1.5), None
    for step, gradient in enumerate((0.5, -2.0, 1e-3), start=1):
        known |= {"dW": gradient, "t": step}
        for line in shown.equations():
            exec(line.python(), known)
        change, state = optimizer.update(weight, np.array(gradient), state)
        weight = weight + change
        # Some thirty roundings, each of at most U of numbers of at most 2.
        assert known["W"] == pytest.approx(float(weight), abs=100 * U, rel=0)


@pytest.mark.parametrize("name", RULES)
def test_no_letter_stands_for_two_things(name: str) -> None:
    letters = [symbol_text(role) for role in operation(name).letters]
    assert len(set(letters)) == len(letters)


def test_powers_and_squares_are_written_as_powers() -> None:
    texts = [each.text() for each in operation("adam").equations()]
    assert texts[1:3] == ["s ← β₂ · s + (1 − β₂) · dW²", "m\u0302 ← m/(1 − β₁^t)"]
    assert r"\beta_{1}" in operation("adam").steps[2].latex()
    assert operation("adam").steps[2].python() == "m\u0302 = m / (1 - β_1 ** t)"


@pytest.mark.parametrize("gradient", [1e-3, -1.0, 1e3])
def test_the_first_step_of_adam_is_the_rate(gradient: float) -> None:
    """As the note says: η·g/(|g| + ε), so short of η by the share ε/|g| at most."""
    assert any("t = 1" in note for note in operation("adam").notes)
    change, _ = bl.Adam(0.1).update(np.array(0.0), np.array(gradient))
    assert -change == pytest.approx(math.copysign(0.1, gradient), rel=1e-8 / abs(gradient) + 9 * U)
