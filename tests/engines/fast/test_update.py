"""The update of a training step by the engine is the optimizer's rule, and changes nothing yet."""

from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.equations.expressions import call
from backlit.equations.optimizers import MU, A, V
from backlit.equations.update_equations import DW, ETA, Assignment, UpdateEquations
from backlit.training import Optimizer
from backlit.training.optimizer_state import OptimizerState
from tests.engines.fast.kernels.widths import EVERY_WIDTH

OPTIMIZERS: list[Optimizer] = [
    *(
        bl.SGD(0.1, momentum=momentum, nesterov=nesterov, weight_decay=decay)
        for momentum, nesterov in ((0, False), (0.9, False), (0.9, True))
        for decay in (0, 0.1)
    ),
    *(kind(0.1, weight_decay=decay) for kind in (bl.Adam, bl.AdamW) for decay in (0, 0.1)),
    *(
        bl.RMSprop(0.1, momentum=momentum, centered=centered, weight_decay=decay)
        for momentum in (0, 0.8)
        for centered in (False, True)
        for decay in (0, 0.1)
    ),
]
# Some ten roundings, relative to the largest number that is rounded.
NEAR = 16 * 2.0**-24


def small(units: int = 3, inputs: int = 5) -> bl.Network:
    layers = [bl.Flatten(), bl.Dense(units)]
    return bl.Network((1, 1, inputs), layers, engine="fast", seed=1)


def batch(net: bl.Network, seed: int = 0) -> tuple[Any, Any]:
    random = np.random.default_rng(seed)
    return random.standard_normal((4, *net.input_shape)).astype(np.float32), [0, 1, 2, 0]


def step(net: bl.Network, state: OptimizerState, seed: int, clip: float | None = None) -> Any:
    """Take a step by the engine, and give its gradients."""
    update = state.for_engine(0.1, clip)
    assert update is not None
    proposed = net.propose_step(*batch(net, seed), update)
    assert proposed.updated
    assert proposed.finite
    gradients = {name: array.copy() for name, array in proposed.gradients.items()}
    change = state.written(update)
    net.commit_step(proposed, change.parameters)
    state.take(change)
    return gradients


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_the_kernel_of_a_rule_is_the_rule(optimizer: Optimizer) -> None:
    """In float32 it rounds elsewhere than the equations in float64 do."""
    net = small()
    state = OptimizerState(optimizer, net.flat_parameters)
    alone: Any = {name: array.astype(float) for name, array in net.parameters.items()}
    states: Any = dict.fromkeys(alone)
    for seed in range(3):
        gradients = step(net, state, seed)
        for name, value in alone.items():
            delta, states[name] = optimizer.update(
                value, gradients[name].astype(float), states[name], 0.1
            )
            alone[name] = value + delta
    kept = {f"{n}.{key}": a for n, each in states.items() for key, a in (each or {}).items()}
    arrays = state.arrays()
    assert arrays.keys() == kept.keys()
    largest = max(1.0, *(np.abs(array).max() for array in (*alone.values(), *kept.values())))
    for ours, true in ((net.parameters, alone), (arrays, kept)):
        for name, array in true.items():
            np.testing.assert_allclose(ours[name], array, rtol=NEAR, atol=NEAR * largest)


@pytest.mark.parametrize("lanes", EVERY_WIDTH)
@pytest.mark.parametrize("threads", ["1", "3"])
def test_every_width_and_any_number_of_threads(
    lanes: int, threads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKLIT_LANES", str(lanes))
    monkeypatch.setenv("BACKLIT_THREADS", threads)
    net = small(units=7, inputs=33)
    optimizer = bl.SGD(0.1, momentum=0.9, weight_decay=0.01)
    state = OptimizerState(optimizer, net.flat_parameters)
    before = net.flat_parameters.flat.copy()
    gradients = step(net, state, 0)
    row = np.zeros_like(before)
    for name, part in net.flat_parameters.split(row).items():
        part[...] = gradients[name]
    delta, _ = optimizer.update(before, row, None, 0.1)
    np.testing.assert_allclose(net.flat_parameters.flat, before + delta, rtol=NEAR, atol=NEAR)


def test_nothing_is_changed_before_a_commit() -> None:
    net = small()
    state = OptimizerState(bl.Adam(0.1), net.flat_parameters)
    step(net, state, 0)
    kept = {name: array.copy() for name, array in {**net.parameters, **state.arrays()}.items()}
    for seed in (1, 2):
        net.propose_step(*batch(net, seed), state.for_engine(0.1))
        np.testing.assert_equal({**net.parameters, **state.arrays()}, kept)
    assert net.training_step == 1


def test_the_rule_sees_gradients_that_were_clipped() -> None:
    net = small()
    state = OptimizerState(bl.SGD(1.0), net.flat_parameters)
    before = net.flat_parameters.flat.copy()
    step(net, state, 0, clip=1e-3)
    moved = np.linalg.norm(net.flat_parameters.flat - before) / 0.1  # the rate of a step
    # Each of 18 weights below 2 is rounded by up to 2⁻²⁴.
    assert moved == pytest.approx(1e-3, abs=10 * 18**0.5 * 2.0**-24)


@pytest.mark.parametrize("threads", ["1", "3"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, -1])
def test_what_is_not_finite_is_seen_wherever_it_is(
    place: int, bad: float, threads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKLIT_THREADS", threads)
    net = small(units=4, inputs=64)  # rows of whole vectors, so that the last number is a weight's
    state = OptimizerState(bl.SGD(0.1, momentum=0.9), net.flat_parameters)
    step(net, state, 0)
    for array in state.arrays().values():
        array.reshape(-1)[place] = bad
    update = state.for_engine(0.1)
    proposed = net.propose_step(*batch(net), update)
    assert proposed.updated
    assert not proposed.finite
    assert update is not None
    assert state.not_finite(state.written(update)) is not None


class Halved(bl.SGD):
    """A rule of somebody's own, in code."""

    def _rule(self, value: Any, gradient: Any, state: Any, rate: float) -> Any:
        delta, state = super()._rule(value, gradient, state, rate)
        return 0.5 * delta, state


class Averaged(Optimizer):
    """A rule of somebody's own, as equations, with names that a kernel might trip over."""

    learning_rate = 0.1

    @property
    def equations(self) -> UpdateEquations:
        average = Assignment(A, MU * A + DW, kept="a")
        again = Assignment(V, V + A, kept="v")
        return UpdateEquations((average, again), ETA * A - ETA * 0.01 * V)

    @property
    def settings(self) -> Any:
        return {MU: 0.5}


def test_a_rule_in_code_is_left_to_the_optimizer() -> None:
    assert OptimizerState(Halved(0.1), small().flat_parameters).for_engine(0.1) is None
    nets = [small(), small()]
    for net, optimizer in zip(nets, (Halved(0.1), bl.SGD(0.05)), strict=True):
        data = batch(net)
        bl.fit(net, data, epochs=1, batch_size=4, optimizer=optimizer, progress=False)
    ours, true = (net.flat_parameters.flat for net in nets)
    np.testing.assert_allclose(ours, true, rtol=NEAR, atol=NEAR)


def test_a_rule_stated_by_somebody_else_becomes_a_kernel() -> None:
    optimizer = Averaged()
    net = small()
    state = OptimizerState(optimizer, net.flat_parameters)
    before = {name: array.astype(float) for name, array in net.parameters.items()}
    gradients = step(net, state, 0)
    for name, value in before.items():
        delta, _ = optimizer.update(value, gradients[name].astype(float))
        np.testing.assert_allclose(net.parameters[name], value + delta, rtol=NEAR, atol=NEAR)


class Larger(Averaged):
    """A rule with a larger of two numbers of each weight, which kernels do not have."""

    @property
    def equations(self) -> UpdateEquations:
        average = Assignment(A, MU * A + DW, kept="a")
        return UpdateEquations((average,), ETA * call("max", A, DW))


def test_a_rule_that_no_kernel_can_be_made_of_is_left_to_numpy() -> None:
    net = small()
    exact = bl.Network((1, 1, 5), [bl.Flatten(), bl.Dense(3)], "pure")
    for name, array in exact.parameters.items():
        array[...] = net.parameters[name]
    data = batch(net)
    for each in (net, exact):
        bl.fit(each, data, epochs=3, batch_size=2, optimizer=Larger(), clip=0.5, progress=False)
    for name, array in exact.parameters.items():  # each of six steps rounds
        np.testing.assert_allclose(net.parameters[name], array, rtol=6 * NEAR, atol=6 * NEAR)


def test_the_engine_can_do_a_step_and_the_book_cannot() -> None:
    assert small().takes_updates
    assert not bl.Network((1, 1, 2), [bl.Flatten()], "pure").takes_updates
