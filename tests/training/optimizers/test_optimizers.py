"""The update rules: their equations by hand, their checks, and that they change nothing."""

import json
from typing import Any

import numpy as np
import pytest

from backlit import SGD, Adam, AdamW, RMSprop
from backlit.errors import ConfigurationError
from backlit.training import Optimizer, optimizer_from_config

OPTIMIZERS: list[Optimizer] = [
    SGD(0.1),
    SGD(0.1, momentum=0.9),
    SGD(0.1, momentum=0.8, nesterov=True, weight_decay=0.01),
    Adam(),
    Adam(0.01, beta1=0.8, beta2=0.9, eps=1e-3, weight_decay=0.1),
    AdamW(0.01),
    RMSprop(),
    RMSprop(0.02, alpha=0.9, momentum=0.5, centered=True, weight_decay=0.1),
]
every = pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)


def steps(optimizer: Optimizer, value: float, gradients: list[float]) -> list[float]:
    """The value of one weight after each gradient."""
    values, state = [], None
    for gradient in gradients:
        delta, state = optimizer.update(value, gradient, state)
        value += float(delta)
        values.append(value)
    return values


def test_plain_descent() -> None:
    assert steps(SGD(0.5), 1.0, [1.0, -2.0]) == [0.5, 1.5]


def test_momentum_collects_gradients_and_the_rate_stands_outside() -> None:
    # v: 1, then 0.5·1 + 1 = 1.5, then 0.75
    assert steps(SGD(1.0, momentum=0.5), 0.0, [1.0, 1.0, 0.0]) == [-1.0, -2.5, -3.25]


def test_nesterov_looks_one_velocity_ahead() -> None:
    # v: 1, 1.5; direction: 1 + 0.5·1, then 1 + 0.5·1.5
    nesterov = SGD(1.0, momentum=0.5, nesterov=True)
    assert steps(nesterov, 0.0, [1.0, 1.0]) == [-1.5, -3.25]


def test_weight_decay_pulls_towards_zero_without_a_gradient() -> None:
    assert steps(SGD(0.5, weight_decay=0.5), 4.0, [0.0, 0.0]) == [3.0, 2.25]


def test_the_first_step_of_adam_has_the_size_of_the_rate() -> None:
    for gradient in (1e-3, 7.0, -250.0):
        (value,) = steps(Adam(0.01, eps=1e-300), 0.0, [gradient])
        assert value == pytest.approx(-0.01 * np.sign(gradient), rel=1e-14)


def test_adamw_decays_beside_the_averages_and_adam_through_them() -> None:
    # No gradient at all: AdamW shrinks by η·λ, Adam makes a full step of its normalized decay.
    assert steps(AdamW(0.1, weight_decay=0.5), 4.0, [0.0]) == [3.8]
    assert steps(Adam(0.1, weight_decay=0.5), 4.0, [0.0]) == pytest.approx([3.9], rel=1e-8)


def test_rmsprop_divides_by_the_root_mean_square() -> None:
    # s = 0.5·0 + 0.5·4² = 8
    (value,) = steps(RMSprop(1.0, alpha=0.5, eps=1e-300), 0.0, [4.0])
    assert value == pytest.approx(-4 / np.sqrt(8), rel=1e-15)


def test_centered_rmsprop_survives_a_constant_gradient() -> None:
    """The variance then goes to 0, and for these numbers rounding takes it below."""
    s = a = 0.0
    lowest = 1.0
    for _ in range(200):
        s, a = 0.5 * s + 0.5 * (0.7 * 0.7), 0.5 * a + 0.5 * 0.7
        lowest = min(lowest, s - a * a)
    assert lowest < 0
    values = steps(RMSprop(1e-9, alpha=0.5, centered=True), 0.0, [0.7] * 200)
    assert np.isfinite(values).all()


def test_a_constant_gradient_moves_adam_by_the_rate_at_every_step() -> None:
    """Then m̂ = g and ŝ = g² at every step: what is divided by 1 − βᵗ has t to be right."""
    values = steps(Adam(0.25, eps=1e-300), 0.0, [3.0] * 8)
    np.testing.assert_allclose(values, -0.25 * np.arange(1, 9), rtol=1e-12)


@every
def test_nothing_is_changed_in_place(optimizer: Optimizer) -> None:
    random = np.random.default_rng(0)
    value, gradient = random.standard_normal((2, 3, 4))
    _, state = optimizer.update(value, gradient)
    before = [value.copy(), gradient.copy(), {k: v.copy() for k, v in state.items()}]
    optimizer.update(value, gradient, state)
    np.testing.assert_equal([value, gradient, state], before)


@every
def test_the_state_has_the_names_that_are_told_before(optimizer: Optimizer) -> None:
    value = np.ones((2, 3))
    _, state = optimizer.update(value, value)
    assert tuple(state) == optimizer.state_names
    assert optimizer.initial_state(value).keys() == state.keys()


@every
def test_no_state_is_the_initial_state(optimizer: Optimizer) -> None:
    value, gradient = np.ones(3), np.array([1.0, -2.0, 0.5])
    np.testing.assert_array_equal(
        optimizer.update(value, gradient)[0],
        optimizer.update(value, gradient, optimizer.initial_state(value))[0],
    )


@every
def test_float32_stays_float32(optimizer: Optimizer) -> None:
    value = np.ones(3, np.float32)
    delta, state = optimizer.update(value, value, learning_rate=np.float64(0.1))
    assert delta.dtype == np.float32
    assert all(array.dtype == np.float32 for name, array in state.items() if name != "step")


@every
def test_the_learning_rate_of_a_step_takes_the_place_of_the_own(optimizer: Optimizer) -> None:
    value, gradient = np.ones(3), np.array([1.0, -2.0, 0.5])
    own, _ = optimizer.update(value, gradient)
    half, _ = optimizer.update(value, gradient, learning_rate=optimizer.learning_rate / 2)
    np.testing.assert_allclose(2 * half, own, rtol=1e-15)


@every
def test_json_brings_the_same_optimizer_back(optimizer: Optimizer) -> None:
    config = json.loads(json.dumps(optimizer.to_config()))
    assert optimizer_from_config(config) == optimizer


def test_numbers_of_numpy_become_plain_ones() -> None:
    optimizer = SGD(np.float32(0.5), momentum=np.float64(0.9))  # type: ignore[arg-type]
    assert (type(optimizer.learning_rate), type(optimizer.momentum)) == (float, float)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: SGD(0), r"SGD: learning_rate must be a number above 0, got 0"),
        (lambda: SGD(-0.1), "learning_rate must be a number above 0, got -0.1"),
        (lambda: SGD(float("nan")), "learning_rate must be a number above 0, got nan"),
        (lambda: SGD("fast"), "learning_rate must be a number above 0, got 'fast'"),  # type: ignore[arg-type]
        (lambda: SGD(10**400), "learning_rate must be a number above 0, got 10"),
        (lambda: SGD(True), "learning_rate must be a number above 0, got True"),
        (lambda: SGD(0.1, momentum=1), "momentum must be .* below 1, got 1"),
        (lambda: SGD(0.1, weight_decay=-1), "weight_decay must be .* at least 0, got -1"),
        (lambda: SGD(0.1, nesterov=True), "nesterov needs a momentum above 0, got 0.0"),
        (lambda: SGD(0.1, momentum=0.9, nesterov=1), "nesterov is True or False, got 1"),  # type: ignore[arg-type]
        (lambda: Adam(beta1=1.0), "Adam: beta1 must be .* below 1, got 1.0"),
        (lambda: Adam(beta2=-0.1), "beta2 must be .* at least 0 and below 1, got -0.1"),
        (lambda: AdamW(eps=0), "AdamW: eps must be a number above 0, got 0"),
        (lambda: RMSprop(alpha=1.5), "RMSprop: alpha must be .* below 1, got 1.5"),
        (lambda: RMSprop(centered="yes"), "centered is True or False, got 'yes'"),  # type: ignore[arg-type]
    ],
)
def test_options_that_make_no_sense_are_refused(make: Any, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        make()


def test_a_gradient_of_another_shape_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"shape \(2, 3\) has shape \(3, 2\)"):
        SGD(0.1).update(np.zeros((2, 3)), np.zeros((3, 2)))


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"optimizer": "Adagrad"}, "unknown optimizer 'Adagrad'; there are SGD, Adam"),
        ({"optimizer": "SGD", "learning_rate": 0.1, "speed": 3}, "SGD: .*speed"),
        ({}, "unknown optimizer None"),
    ],
)
def test_a_config_that_is_none_is_refused(config: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        optimizer_from_config(config)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"speed": np.zeros(3)}, "SGD keeps momentum for a parameter, got speed"),
        ({"momentum": np.zeros(3), "x": np.zeros(3)}, "got momentum, x"),
        ({"momentum": np.zeros(2)}, r"momentum must be numbers of shape \(3,\), got .* \(2,\)"),
        ({"momentum": np.array(["a"] * 3)}, "momentum must be numbers"),
        ([1, 2], r"got \[1, 2\]"),
    ],
)
def test_a_state_that_is_not_the_rules_own_is_refused(state: Any, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        SGD(0.1, momentum=0.9).update(np.ones(3), np.ones(3), state)
