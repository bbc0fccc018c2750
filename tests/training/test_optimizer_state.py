"""An optimizer applied to the row of all parameters does what it does to one after the other."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest

import backlit as bl
from backlit.network.flat import FlatArrays, flat_copy
from backlit.training import Optimizer
from backlit.training.optimizer_state import OptimizerState

OPTIMIZERS = [
    bl.SGD(0.1),
    bl.SGD(0.1, momentum=0.9, nesterov=True, weight_decay=0.1),
    bl.Adam(0.1, weight_decay=0.1),
    bl.AdamW(0.1),
    bl.RMSprop(0.1, momentum=0.8, centered=True),
]


EXACT, ROUNDED = np.dtype(np.float64), np.dtype(np.float32)


def parameters(dtype: np.dtype[Any] = EXACT) -> FlatArrays:
    random = np.random.default_rng(0)
    start = {"w": random.standard_normal((3, 2, 5)), "b": random.standard_normal(3)}
    return flat_copy(start, dtype)


def steps(state: OptimizerState, own: FlatArrays, count: int, seed: int = 1) -> None:
    random = np.random.default_rng(seed)
    for _ in range(count):
        change = state.change({k: random.standard_normal(v.shape) for k, v in own.items()}, 0.1)
        own.flat[...] = change.parameters
        state.take(change)


@pytest.mark.parametrize("dtype", [EXACT, ROUNDED], ids=str)
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_all_at_once_is_one_after_the_other(optimizer: Optimizer, dtype: np.dtype[Any]) -> None:
    own = parameters(dtype)
    alone, states = {k: v.copy() for k, v in own.items()}, dict.fromkeys(own)
    random = np.random.default_rng(1)
    steps(state := OptimizerState(optimizer, own), own, 3)
    for _ in range(3):
        for name, value in alone.items():
            gradient = random.standard_normal(value.shape).astype(dtype)
            delta, states[name] = optimizer.update(value, gradient, states[name], 0.1)
            alone[name] = value + delta
    expected = {f"{n}.{key}": a for n, state in states.items() for key, a in (state or {}).items()}
    for got, wanted in ((dict(own), alone), (state.arrays(), expected)):
        assert got.keys() == wanted.keys()
        for name, array in wanted.items():
            assert got[name].dtype == array.dtype
            np.testing.assert_array_equal(got[name], array)


@pytest.mark.parametrize("dtype", [EXACT, ROUNDED], ids=str)
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_what_was_written_down_is_gone_on_with(optimizer: Optimizer, dtype: np.dtype[Any]) -> None:
    own = parameters(dtype)
    steps(state := OptimizerState(optimizer, own), own, 4)
    kept = {name: array.copy() for name, array in state.arrays().items()}
    middle = own.flat.copy()
    steps(state, own, 2, seed=5)
    end = own.flat.copy()

    own.flat[...] = middle
    again = OptimizerState(optimizer, own)
    again.load(kept)
    steps(again, own, 2, seed=5)
    np.testing.assert_equal(again.arrays(), state.arrays())
    np.testing.assert_array_equal(own.flat, end)


def test_parameters_that_disagree_about_the_step_are_refused() -> None:
    state = OptimizerState(bl.Adam(), parameters())
    arrays = state.arrays() | {"b.step": np.array(3)}
    with pytest.raises(ValueError, match="the parameters do not agree about step"):
        state.load(arrays)


@dataclass(frozen=True)
class Normed(Optimizer):
    """A rule that is not element by element: each gradient is made one long."""

    elementwise: ClassVar[bool] = False

    learning_rate: float = 0.1

    @property
    def state_names(self) -> tuple[str, ...]:
        return ("count",)

    def _rule(self, value, gradient, state, rate):  # type: ignore[no-untyped-def]
        return -rate * gradient / np.linalg.norm(gradient), {"count": state["count"] + 1}


def test_a_rule_that_is_not_element_by_element_sees_each_parameter() -> None:
    own = parameters()
    before = {name: array.copy() for name, array in own.items()}
    steps(state := OptimizerState(Normed(), own), own, 1)
    for name, array in own.items():
        assert np.linalg.norm(array - before[name]) == pytest.approx(0.1, rel=1e-5)
        assert (state.arrays()[f"{name}.count"] == 1).all()


@pytest.mark.parametrize("dtype", [EXACT, ROUNDED], ids=str)
@pytest.mark.parametrize("optimizer", [*OPTIMIZERS, Normed()], ids=repr)
def test_a_change_that_is_not_finite_is_named_and_not_taken(
    optimizer: Optimizer, dtype: np.dtype[Any]
) -> None:
    for bad in (np.inf, -np.inf, np.nan):
        own = parameters(dtype)
        state = OptimizerState(optimizer, own)
        gradients = {name: np.ones_like(array) for name, array in own.items()}
        assert state.not_finite(state.change(gradients, 0.1)) is None
        gradients["b"][1] = bad
        with np.errstate(all="ignore"):
            change = state.change(gradients, 0.1)
        assert (state.not_finite(change) or "").partition(".")[0] == "b"
        assert all((array == 0).all() for array in state.arrays().values())


def test_a_step_that_is_not_taken_leaves_no_trace() -> None:
    own = parameters(ROUNDED)
    state = OptimizerState(bl.Adam(0.1), own)
    steps(state, own, 2)
    kept = {name: array.copy() for name, array in state.arrays().items()}
    for _ in range(2):
        state.change({name: np.ones_like(array) for name, array in own.items()}, 0.1)
        np.testing.assert_equal(state.arrays(), kept)


@dataclass(frozen=True)
class UnitStep(bl.SGD):
    """A built-in rule whose update is replaced by code that looks at a whole gradient."""

    def update(self, value, gradient, state=None, learning_rate=None):  # type: ignore[no-untyped-def]
        rate = self.learning_rate if learning_rate is None else learning_rate
        return -rate * gradient / np.linalg.norm(gradient), {}


@pytest.mark.parametrize("engine", ["pure", "fast"])
def test_code_in_the_place_of_a_stated_rule_sees_each_parameter(engine: str) -> None:
    net = bl.Network((1, 4, 4), [bl.Conv2d(2, 3), bl.Flatten(), bl.Dense(3)], engine, seed=1)
    images = np.random.default_rng(0).normal(size=(8, 1, 4, 4))
    before = {name: array.copy() for name, array in net.parameters.items()}
    bl.fit(
        net, (images, np.arange(8) % 3), epochs=1, batch_size=8, optimizer=UnitStep(0.1),
        progress=False,
    )  # fmt: skip
    for name, array in net.parameters.items():
        assert np.linalg.norm(array - before[name]) == pytest.approx(0.1, rel=1e-4), name


def test_a_network_without_weights_is_trained_by_no_kernel() -> None:
    """Which would walk through the images instead of through no weights, and write anywhere."""
    net = bl.Network((10, 1, 1), [bl.Flatten()], "fast")
    assert OptimizerState(bl.SGD(0.1), net.flat_parameters).for_engine(0.1) is None
    images = np.random.default_rng(0).normal(size=(256, 10, 1, 1)).astype(np.float32)
    history = bl.fit(net, (images, np.arange(256) % 10), epochs=2, progress=False)
    assert history.loss[0] == pytest.approx(history.loss[1], rel=1e-5)


def test_what_fills_the_row_up_may_be_no_number() -> None:
    """0/0 where nobody's numbers lie: √s + ε is 0 there, since this ε is 0 in float32."""
    net = bl.Network((1, 4, 4), [bl.Flatten(), bl.Dense(3)], "fast", seed=1)
    images = np.random.default_rng(0).normal(size=(8, 1, 4, 4)).astype(np.float32)
    bl.fit(net, (images, np.arange(8) % 3), epochs=2, optimizer=bl.Adam(eps=1e-50), progress=False)
    assert all(np.isfinite(array).all() for array in net.parameters.values())
