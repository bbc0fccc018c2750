"""A filter silenced, a map held, a step with a frozen layer: what a network of one's own gives."""

from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.errors import AddressError, ConfigurationError
from backlit.explain import Trace
from tests.explain.networks import BRANCHES, CONVOLUTIONS, Small

PLAIN = CONVOLUTIONS[0]


@pytest.mark.parametrize("value", [0.0, -1.5])
@pytest.mark.parametrize("small", [PLAIN, CONVOLUTIONS[2], BRANCHES[1]], ids=str)
def test_a_map_is_the_value_and_nothing_passes_back_through_it(small: Small, value: float) -> None:
    trace = small.trace()
    before = trace.recording.activations["conv1"].copy()
    found = trace.clamped("conv1", 1, value)
    assert np.all(found.recording.activations["conv1"][:, 1] == value)
    others = np.arange(before.shape[1]) != 1
    np.testing.assert_array_equal(
        found.recording.activations["conv1"][:, others], before[:, others]
    )
    np.testing.assert_array_equal(trace.recording.activations["conv1"], before)
    # What comes behind is what it is for such a map: the dense layer reads it as it is.
    for address in ("conv1.weight[1,0,0,0]", "conv1.bias[1]", "conv1.output[0,1,0,0]"):
        assert found[address].agreement.holds
    # Whatever the error at that map is, the input is handed back what the other filters hand back.
    net = small.network()
    net.parameters["conv1.weight"][1] = 0
    net.parameters["conv1.bias"][1] = value
    own = net.record(*small.batch(), training=small.training)
    np.testing.assert_array_equal(found.recording.errors["input"], own.errors["input"])
    assert found.recording.loss == own.loss


def test_a_unit_of_a_dense_layer_is_silenced_too() -> None:
    found = PLAIN.trace().clamped("dense1", 2)
    assert np.all(found.recording.logits[:, 2] == 0)


def test_a_step_leaves_a_frozen_layer_as_it_is() -> None:
    trace = PLAIN.trace()
    before, gradients = trace.snapshot.parameters, trace.recording.gradients
    after = trace.stepped(0.1, frozen=["conv1"]).snapshot.parameters
    for name in before:
        step = 0 if name.startswith("conv1") else 0.1 * gradients[name]
        np.testing.assert_array_equal(after[name], before[name] - step)
    assert np.abs(gradients["conv1.weight"]).max() > 0
    moved = trace.stepped(0.1).snapshot.parameters["conv1.weight"]
    np.testing.assert_array_equal(moved, before["conv1.weight"] - 0.1 * gradients["conv1.weight"])


def without_bias() -> Trace:
    net = bl.Network((1, 4, 4), [bl.Conv2d(2, 3, bias=False), bl.Flatten(), bl.Dense(2)])
    return bl.explain(net, np.ones((1, 1, 4, 4)), [0])


def test_without_a_bias_a_map_can_be_silenced_and_not_held() -> None:
    trace = without_bias()
    assert np.all(trace.clamped("conv1", 0).recording.activations["conv1"][:, 0] == 0)
    with pytest.raises(ConfigurationError, match="conv1 has no bias that could hold its map at 2"):
        trace.clamped("conv1", 0, 2)


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda t: t.clamped("relu9", 0), AddressError, "this network has conv1 and dense1"),
        (lambda t: t.clamped("flatten1", 0), AddressError, "no layer with filters or units"),
        (lambda t: t.clamped("conv1", 3), AddressError, "the filters 0 to 2, there is no 3"),
        (lambda t: t.clamped("conv1", -1), AddressError, "there is no -1"),
        (lambda t: t.clamped("conv1", 0, np.inf), ConfigurationError, "a finite number"),
        (lambda t: t.clamped("conv1", 0, "1"), ConfigurationError, "a finite number"),
        (lambda t: t.stepped(np.nan), ConfigurationError, "a finite number"),
        (lambda t: t.stepped(0.1, frozen="conv1"), ConfigurationError, "frozen must be a list"),
        (lambda t: t.stepped(0.1, frozen=["flatten1"]), AddressError, "no layer with weights"),
    ],
)
def test_what_cannot_be_changed(call: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        call(PLAIN.trace())
