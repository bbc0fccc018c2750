from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.errors import AddressError, ConfigurationError
from backlit.explain import Trace
from tests.explain.networks import MODES, SMALLS, Small

SMOOTH = [small for small in SMALLS if small.smooth]


def some_keys(trace: Trace) -> list[tuple[Any, ...]]:
    """The middle of every parameter, and a pixel."""
    names = [*trace.snapshot.parameters, "input"]
    return [(name, *(size // 2 for size in trace.shapes[name])) for name in names]


@pytest.mark.parametrize("small", SMOOTH, ids=str)
def test_a_smooth_network_agrees_up_to_its_bend(small: Small) -> None:
    """The measured slope is D(ε) = g + c·ε² + O(ε⁴), so two nudges tell c, and then g.

    D(ε) − D(ε/2) = ¾·c·ε², so D(ε/2) is off by a third of that; half allows for O(ε⁴).  Rounding
    of the two losses adds some times eps·|L|/ε.
    """
    trace = small.trace()
    for key in some_keys(trace):
        found = trace[key]
        wide, narrow = found.nudge(2e-3), found.nudge(1e-3)
        bend = abs(wide.measured - narrow.measured) / 2
        assert narrow.difference <= bend + 100 * narrow.rounding, key
        assert narrow.gradient == found.gradient
        assert narrow.kinks == ()
        assert "no ReLU and no maximum switched" in narrow.sentence


def test_the_numbers_are_those_of_forward_passes() -> None:
    small = MODES[2]  # dropout in training: the masks must stay
    net, (images, labels) = small.network(), small.batch()
    trace = bl.explain(net, images, labels)
    found = trace["conv1.weight", 1, 0, 2, 1].nudge(1e-2)
    assert found.loss == trace.recording.loss
    for sign, loss in ((1, found.loss_plus), (-1, found.loss_minus)):
        net.parameters["conv1.weight"][1, 0, 2, 1] = found.value + sign * 1e-2
        assert net.record(images, labels).loss == loss
    assert found.measured == pytest.approx((found.loss_plus - found.loss_minus) / 2e-2)


def kinked(layer: Any, images: list[float]) -> Trace:
    """Scores [a, 0] of one image, a = layer(1·x − 1 + 5e-4)."""
    net = bl.Network((1, 1, 1), [bl.Conv2d(1, 1), layer, bl.Flatten(), bl.Dense(2)])
    net.parameters["conv1.weight"][...] = 1.0
    net.parameters["conv1.bias"][...] = -1.0 + 5e-4
    net.parameters["dense1.weight"][...] = [[1.0], [0.0]]
    batch = np.array(images).reshape(-1, 1, 1, 1)
    return bl.explain(net, batch, np.zeros(len(images), int))


def test_a_relu_that_switches_is_reported() -> None:
    trace = kinked(bl.ReLU(), [5.0, 1.0, -3.0])  # only the second lies near the kink
    found = trace["conv1.weight", 0, 0, 0, 0].nudge(1e-3)
    assert [(each.layer, each.kind, each.places) for each in found.kinks] == [
        ("relu1", "kink", ((1, 0, 0, 0),))
    ]
    assert found.crossed == 1
    assert "1 number of relu1 crossed 0" in found.sentence
    assert found.sentence.endswith("try a smaller ε, such as 0.0001 (--epsilon 0.0001).")
    # The ReLU is on at the weight itself, so the gradient knows nothing of the other side: there
    # the loss is flat for this image, and a quarter of the way from −ε to +ε lies there.
    assert found.relative_difference > 1e-2
    assert trace["conv1.weight", 0, 0, 0, 0].nudge(1e-4).kinks == ()


@pytest.mark.parametrize(
    ("layer", "switches"),
    [
        (bl.LeakyReLU(0.5), 1),
        (bl.LeakyReLU(1.0), 0),
        (bl.ELU(0.5), 1),
        (bl.ELU(1.0), 0),  # its slope does not jump
        (bl.Tanh(), 0),
    ],
    ids=repr,
)
def test_only_kinks_count(layer: Any, switches: int) -> None:
    assert kinked(layer, [1.0])["conv1.bias", 0].nudge(1e-3).crossed == switches


def test_a_maximum_that_switches_is_reported() -> None:
    net = bl.Network((1, 2, 4), [bl.MaxPool2d(2), bl.Flatten(), bl.Dense(2)])
    image = np.array([[[[0.0, 1.0, 9.0, 0.0], [1.0005, 0.0, 0.0, 8.0]]]])
    found = bl.explain(net, image, np.array([1]))["input", 0, 0, 0, 1].nudge(1e-3)
    assert [(each.layer, each.kind, each.places) for each in found.kinks] == [
        ("maxpool1", "maximum", ((0, 0, 0, 0),))
    ]
    assert found.gradient == 0
    assert found.measured != 0
    assert "1 maximum of maxpool1 changed its winner" in found.sentence


def test_a_number_that_sits_on_the_kink_has_switched_too() -> None:
    trace = kinked(bl.ReLU(), [1.0 - 5e-4])  # exactly 0 in the middle
    assert trace.recording.activations["conv1"].item() == pytest.approx(0, abs=1e-15)
    assert trace["conv1.bias", 0].nudge(1e-3).crossed == 1


def test_from_0_downwards_nothing_switches() -> None:
    """The slope of a ReLU is 0 at 0 and below, so there is no kink in between."""
    layers = [bl.Conv2d(1, 1), bl.ReLU(), bl.Conv2d(1, 1), bl.ReLU(), bl.Flatten(), bl.Dense(2)]
    net = bl.Network((1, 1, 1), layers)
    net.parameters["conv1.weight"][...] = 0.0
    net.parameters["conv2.weight"][...] = -1.0
    found = bl.explain(net, np.ones((1, 1, 1, 1)), np.array([0]))["conv1.bias", 0].nudge()
    assert [each.layer for each in found.kinks] == ["relu1"]


def test_what_nothing_depends_on() -> None:
    net = bl.Network((1, 5, 5), [bl.Conv2d(1, 2, stride=3), bl.Flatten(), bl.Dense(2)])
    trace = bl.explain(net, np.ones((1, 1, 5, 5)), np.array([0]))
    found = trace["input", 0, 0, 2, 2].nudge()
    assert found.measured == found.gradient == found.relative_difference == 0
    assert found.sentence.startswith("The loss does not move with input[0,0,2,2]")


@pytest.mark.parametrize("key", ["conv1.output[0,0,0,0]", "relu1.error[0,0,0,0]", "loss"])
def test_what_follows_from_others_cannot_be_nudged(key: str) -> None:
    with pytest.raises(AddressError, match="a weight, a bias or a pixel can be nudged"):
        kinked(bl.ReLU(), [1.0])[key].nudge()


def test_an_epsilon_that_moves_nothing() -> None:
    with pytest.raises(ConfigurationError, match=r"epsilon must be large enough to change 1\.0"):
        kinked(bl.ReLU(), [1.0])["conv1.weight", 0, 0, 0, 0].nudge(1e-20)


@pytest.mark.parametrize("epsilon", [0.0, -1e-3, float("nan"), float("inf"), "x", None, True])
def test_an_epsilon_that_is_no_positive_number(epsilon: Any) -> None:
    with pytest.raises(ConfigurationError, match="epsilon must be a positive number"):
        kinked(bl.ReLU(), [1.0])["conv1.weight", 0, 0, 0, 0].nudge(epsilon)


def test_a_long_list_of_switches_is_cut_for_json() -> None:
    net = bl.Network(
        (1, 20, 20), [bl.ReLU(), bl.Conv2d(1, 1), bl.ReLU(), bl.Flatten(), bl.Dense(2)]
    )
    net.parameters["conv1.bias"][...] = 0.0
    trace = bl.explain(net, np.zeros((1, 1, 20, 20)), np.array([0]))
    found = trace["conv1.bias", 0].nudge()
    assert found.crossed == 400
    as_dict = found.to_dict()
    assert as_dict["switched"] == 400
    assert len(as_dict["switches"][0]["places"]) == 100


def test_a_weight_too_large_to_be_nudged_still_has_its_story() -> None:
    net = bl.Network((1, 2, 2), [bl.Conv2d(1, 2), bl.Flatten(), bl.Dense(2)])
    net.parameters["conv1.weight"][0, 0, 0, 0] = 1e30
    trace = bl.explain(net, np.ones((1, 1, 2, 2)), [1])
    step = trace.story("conv1.weight", 0, 0, 0, 0).steps[-1]
    assert step.to_dict()["nudge"] is None
    assert "ε = 0.001 is lost in the rounding of float64" in step.sentence
    with pytest.raises(ConfigurationError, match="epsilon must be a positive number"):
        trace.story("conv1.weight", 0, 0, 0, 0, epsilon=-1.0)


def test_slopes_that_agree_although_something_switched() -> None:
    """Of 2,000 images that stay on their side one switches, and moves the mean slope little."""
    trace = kinked(bl.ReLU(), [5.0] * 2000 + [1.0])
    found = trace["conv1.weight", 0, 0, 0, 0].nudge(1e-3)
    assert found.crossed == 1
    assert 0 < found.relative_difference < 1e-3
    assert found.sentence.endswith(
        ": they agree, although between −ε and +ε 1 number of relu1 crossed 0."
    )
    assert "smaller" not in found.sentence
