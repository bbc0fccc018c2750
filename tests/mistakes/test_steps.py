"""Steps of optimizers: the right ones are those of a training, and a wrong one is another."""

from __future__ import annotations

import pytest

from backlit import SGD, Adam, AdamW, RMSprop
from backlit.mistakes.steps import RIGHT, WRONG_STEPS, WrongStep, walk
from backlit.training import Optimizer

SETTINGS = {
    "learning_rate": 0.25,
    "weight_decay": 0.125,
    "momentum": 0.5,
    "beta1": 0.8,
    "beta2": 0.9,
    "rho": 0.7,
    "epsilon": 0.5,
}
START, GRADIENTS = 1.5, (0.5, -1.0, 0.75)
RULES: dict[str, Optimizer] = {
    "sgd": SGD(0.25, weight_decay=0.125),
    "momentum": SGD(0.25, momentum=0.5, weight_decay=0.125),
    "nesterov": SGD(0.25, momentum=0.5, nesterov=True, weight_decay=0.125),
    "rmsprop": RMSprop(0.25, alpha=0.7, eps=0.5, weight_decay=0.125),
    "adam": Adam(0.25, beta1=0.8, beta2=0.9, eps=0.5, weight_decay=0.125),
    "adamw": AdamW(0.25, beta1=0.8, beta2=0.9, eps=0.5, weight_decay=0.125),
}
SAME = {"momentum-forgotten", "state-not-kept"}


@pytest.mark.parametrize("rule", RULES)
def test_the_right_steps_are_those_of_a_training(rule: str) -> None:
    value, state, wanted = START, None, []
    for gradient in GRADIENTS:
        change, state = RULES[rule].update(value, gradient, state)
        value += float(change)
        wanted.append(value)
    found = walk(rule, START, GRADIENTS, SETTINGS, RIGHT)
    assert found == pytest.approx(wanted, rel=0, abs=1e-14)


@pytest.mark.parametrize("rule", RULES)
def test_no_two_wrong_ways_lead_to_the_same_weights(rule: str) -> None:
    ways = [RIGHT, *(each for each in WRONG_STEPS if not each.rules or rule in each.rules)]
    found = [walk(rule, START, GRADIENTS, SETTINGS, each) for each in ways]
    for k, one in enumerate(found):
        for way, other in zip(ways[:k], found[:k], strict=True):
            if rule == "momentum" and {way.mistake, ways[k].mistake} == SAME:
                continue  # a velocity that begins at 0 with each step is the gradient
            assert max(abs(a - b) for a, b in zip(one, other, strict=True)) > 1e-3


@pytest.mark.parametrize(
    ("rule", "wrong", "after"),
    [  # by hand, after one step from 1.5 with the gradient 0.5
        ("sgd", WrongStep("step-uphill"), 1.5 + 0.25 * (0.5 + 0.125 * 1.5)),
        ("sgd", WrongStep("learning-rate-forgotten"), 1.5 - (0.5 + 0.125 * 1.5)),
        (
            "sgd",
            WrongStep("weight-decay-wrong", "without the learning rate"),
            1.5 - 0.25 * 0.5 - 0.125 * 1.5,
        ),
        (
            "rmsprop",
            WrongStep("epsilon-inside-root"),
            1.5 - 0.25 * 0.6875 / (0.3 * 0.6875**2 + 0.5) ** 0.5,
        ),
        ("adamw", WrongStep("step-uphill"), 1.5 - 0.25 * 0.125 * 1.5 + 0.25 * 0.5 / (0.5 + 0.5)),
        (
            "adam",
            WrongStep("bias-correction-forgotten"),
            1.5 - 0.25 * 0.2 * 0.6875 / ((0.1 * 0.6875**2) ** 0.5 + 0.5),
        ),
    ],
)
def test_a_wrong_step_by_hand(rule: str, wrong: WrongStep, after: float) -> None:
    assert walk(rule, START, GRADIENTS[:1], SETTINGS, wrong) == [pytest.approx(after, abs=1e-14)]
