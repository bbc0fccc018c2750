"""Weights are packed once, and again as soon as one bit of them is another."""

import contextlib
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import backlit as bl
from backlit.engines.fast.plan.builder import PlanPurpose
from backlit.engines.fast.plan.running import Runner
from backlit.engines.fast.threads import Team
from tests.engines.fast.test_engine import pair

SHAPE = (3, 12, 12)
IMAGES = np.random.default_rng(0).standard_normal((5, *SHAPE)).astype(np.float32)


def network() -> bl.Network:
    """Packed weights, weights that Winograd's way transforms, a depthwise one, batch norm."""
    layers = [
        *(bl.Conv2d(16, 3, padding=1), bl.BatchNorm2d(), bl.ReLU()),
        *(bl.Conv2d(16, 3, padding=1, groups=16), bl.Conv2d(32, 3, padding=1), bl.ReLU()),
        *(bl.MaxPool2d(2), bl.Conv2d(5, 1), bl.Flatten(), bl.Dense(3)),
    ]
    return bl.Network(SHAPE, layers, engine="fast", seed=3)


def anew(net: bl.Network, images: NDArray[Any]) -> NDArray[Any]:
    """What a network with the same numbers computes the first time it is used."""
    fresh = network()
    fresh.load_parameters({**net.parameters, **net.buffers})
    return fresh.forward(images)


@pytest.fixture
def net() -> bl.Network:
    return network()


def runner_of(net: bl.Network) -> Runner:
    engine: Any = net._engine
    runner: Runner = engine._ready_for(PlanPurpose(False, gradients=False), 1)[1]
    return runner


@pytest.mark.parametrize("count", [1, 5])
def test_any_array_may_be_written_into(net: bl.Network, count: int) -> None:
    images = IMAGES[:count]
    before = net.forward(images)
    for name, array in {**net.parameters, **net.buffers}.items():
        array.flat[array.size // 2] += 0.5  # never below 0, which a variance must not be
        after = net.forward(images)
        assert not np.array_equal(after, before), name
        assert np.array_equal(after, anew(net, images)), name
        before = after


def test_the_sign_of_zero_is_a_change(net: bl.Network) -> None:
    images = IMAGES[:1]
    net.forward(images)
    runner = runner_of(net)
    packed = runner.memory.array("conv1.weight.packed")
    net.parameters["conv1.weight"][...] = 0.0
    net.forward(images)
    assert not np.signbit(packed).any()
    net.parameters["conv1.weight"][...] = -0.0
    net.forward(images)
    assert np.signbit(packed).any()


@pytest.mark.parametrize("count", [1, 5])
def test_what_has_not_changed_is_not_packed_again(net: bl.Network, count: int) -> None:
    images = IMAGES[:count]
    true = net.forward(images)
    packed = runner_of(net).memory.array("conv1.weight.packed")
    packed[...] *= 2  # only this lets one see whether it was packed again
    assert not np.array_equal(net.forward(images), true)
    net.parameters["conv1.bias"][0] += 1.0
    net.parameters["conv1.bias"][0] -= 1.0
    assert not np.array_equal(net.forward(images), true)
    bias = net.parameters["conv1.bias"]
    bias[0] += 1.0
    net.forward(images)
    bias[0] -= 1.0
    assert np.array_equal(net.forward(images), true)


def test_a_run_that_was_cut_off_leaves_nothing_half_packed(
    net: bl.Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    net.forward(IMAGES)
    net.parameters["conv1.weight"][...] *= 2

    def cut_off(*arguments: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Team, "run", cut_off)
        with pytest.raises(KeyboardInterrupt):
            net.forward(IMAGES)
    assert np.array_equal(net.forward(IMAGES), anew(net, IMAGES))


@pytest.mark.parametrize("count", [1, 5])
def test_a_run_that_is_cut_off_anywhere(
    net: bl.Network, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the look, behind it, behind the packing: the next run is right."""
    images = IMAGES[:count]
    net.forward(images)
    runner = runner_of(net)
    execute, calls = runner._execute, 0

    def interrupted(place: int) -> None:
        nonlocal calls
        calls += 1
        if calls == at:
            raise KeyboardInterrupt
        execute(place)
        if calls == at - 1 and at % 2:
            raise KeyboardInterrupt

    for at in range(1, 8):
        net.parameters["conv1.weight"][...] *= -1.5
        calls = 0
        with monkeypatch.context() as patch:
            patch.setattr(runner, "_execute", interrupted)
            with contextlib.suppress(KeyboardInterrupt):
                net.forward(images)
        assert np.array_equal(net.forward(images), anew(net, images)), at


def test_the_same_again_is_the_same(net: bl.Network) -> None:
    for images in (IMAGES[:1], IMAGES, IMAGES[:1], np.repeat(IMAGES, 3, 0), IMAGES[:2]):
        first = net.forward(images)
        assert np.array_equal(net.forward(images), first)
        assert np.array_equal(first, anew(net, images))


def test_what_is_packed_was_made_of_what_is_compared(net: bl.Network) -> None:
    """Somebody writes into a weight between the look and the packing, and takes it back."""
    images = IMAGES[:1]
    true = net.forward(images)
    runner, weight = runner_of(net), net.parameters["conv1.weight"]
    look = runner._first_stage

    def meddled() -> int:
        stage = look()
        weight[...] *= 2
        return stage

    net.parameters["conv1.bias"][0] += 1.0  # so that everything is packed again
    runner._first_stage = meddled  # type: ignore[method-assign]
    net.forward(images)
    runner._first_stage = look  # type: ignore[method-assign]
    weight[...] /= 2
    assert np.array_equal(net.forward(images), anew(net, images))
    net.parameters["conv1.bias"][0] -= 1.0
    assert np.allclose(net.forward(images), true)


def test_arrays_may_be_replaced_and_come_back(net: bl.Network) -> None:
    """Arrays that are views stay bound to a plan; others, and what was before them, do not."""
    engine: Any = net._engine
    own, buffers = dict(net.parameters), dict(net.buffers)
    other = {name: array * 2 for name, array in own.items()}
    for images in (IMAGES[:1], IMAGES):
        first, second, third = (
            engine.forward(each, buffers, images, training=False, step=0)
            for each in (own, other, own)
        )
        assert not np.array_equal(first, second)
        assert np.array_equal(first, third)


def test_a_profile_of_one_step_swallows_no_change(net: bl.Network) -> None:
    images = IMAGES[:1]
    net.forward(images)
    runner = runner_of(net)
    net.parameters["conv1.weight"][...] *= 2
    phase = runner.plan.phases[0]
    arrays = {**net.parameters, **net.buffers, "images": images}
    for step in phase.steps:
        runner.alone(phase, step, 1, arrays)()
    assert np.array_equal(net.forward(images), anew(net, images))


def test_training_packs_in_every_step() -> None:
    net, fresh = pair("a small classifier")[1], pair("a small classifier")[1]
    images, labels = IMAGES[:, :1, :8, :8], np.zeros(len(IMAGES), np.int64)
    net.loss_and_gradients(images, labels)
    net.parameters["conv1.weight"][...] *= 2
    loss, _ = net.loss_and_gradients(images, labels)
    fresh.load_parameters(net.parameters)
    assert loss == fresh.loss_and_gradients(images, labels)[0]


def test_the_plan_says_so(net: bl.Network) -> None:
    text = net.plan(1, training=False)
    assert "conv1.weight: changed?" in text
    assert "if something has changed" in text
    assert "changed" not in net.plan(1, training=True)
