"""How far a number must change until an image gets another answer, against a scan of everything."""

from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.errors import AddressError, ConfigurationError
from backlit.explain import Trace
from tests.explain.networks import SMALLS, Small
from tests.explain.test_nudge import some_keys

STEP, REACH = 0.1, 4.0
SCANNED = STEP * np.arange(-40, 41)


def answer(small: Small, key: tuple[Any, ...], by: float, image: int) -> int:
    """What an image is taken for with one number changed."""
    net, (images, labels) = small.network(), small.batch()
    array = images if key[0] == "input" else net.parameters[key[0]]
    array[key[1:]] += by
    return int(net.record(images, labels, training=small.training).probabilities[image].argmax())


@pytest.mark.parametrize("small", SMALLS, ids=str)
def test_it_is_the_nearest_change_that_a_scan_finds(small: Small) -> None:
    trace = small.trace()
    for key in some_keys(trace)[::3]:
        found = trace.flip(key, reach=REACH)
        net, (images, labels) = small.network(), small.batch()
        array = images if key[0] == "input" else net.parameters[key[0]]
        value, right = float(array[key[1:]]), found.label == found.predicted
        assert found.value == value

        def flips(by: float) -> bool:
            array[key[1:]] = value + by  # noqa: B023 - called at once
            recorded = net.record(images, labels, training=small.training)  # noqa: B023
            taken = int(recorded.probabilities[found.image].argmax())  # noqa: B023
            return (taken == found.label) != right  # noqa: B023

        scanned = [abs(by) for by in sorted(SCANNED, key=abs) if flips(by)]
        if found.change is None:
            assert scanned == [], key
            assert found.becomes is None
            continue
        nearest = min(scanned, default=REACH)
        assert abs(found.change) <= nearest + 1e-9, key
        assert nearest - STEP - 1e-9 <= abs(found.change) or nearest == REACH, key
        # It flips there, and not a little sooner, as far as the numbers can be told apart.
        tiny = 1e-5 * max(1.0, abs(value))
        assert answer(small, key, found.change * (1 + 1e-5), found.image) == found.becomes
        assert not flips(found.change - np.sign(found.change) * tiny)


def toy(scores: Any, label: int) -> Trace:
    """One pixel of 1, so that the scores are weights: what flips can be said beforehand."""
    net = bl.Network((1, 1, 1), [bl.Flatten(), bl.Dense(len(scores))], engine="pure")
    net.parameters["dense1.weight"][...] = np.array(scores, float)[:, None]
    return bl.explain(net, np.ones((1, 1, 1, 1)), [label])


def test_a_wrong_image_becomes_right() -> None:
    found = toy([1.0, 3.0, 2.0], 0)["dense1.weight", 0, 0].flip()
    assert (found.label, found.predicted, found.becomes) == (0, 1, 0)
    assert found.at == pytest.approx(3.0, abs=1e-12)
    assert found.change == pytest.approx(2.0, abs=1e-12)
    assert "class 0, and taken for 1" in found.sentence
    assert "a change of 2 and nothing else, it would be taken for 0" in found.sentence


def test_a_right_image_becomes_wrong() -> None:
    trace = toy([1.0, 3.0, 2.0], 1)
    found = trace["dense1.weight", 1, 0].flip()
    assert (found.predicted, found.becomes) == (1, 2)
    assert found.change == pytest.approx(-1.0, abs=1e-12)
    assert "no smaller change was found that makes it wrong" in found.sentence
    # Another class's score alone does it, too.
    assert trace["dense1.weight", 0, 0].flip().change == pytest.approx(2.0, abs=1e-12)


def test_another_wrong_answer_is_not_the_right_one() -> None:
    found = toy([0.0, 3.0, 2.0], 0)["dense1.weight", 2, 0].flip()
    assert found.change is None
    assert found.at is None
    assert "none brings it closer" in found.sentence


def test_where_nothing_is_found_it_says_how_far_it_looked_and_how_close_it_came() -> None:
    trace = toy([0.0, 3.0, 2.0], 0)
    found = trace["dense1.weight", 1, 0].flip(reach=0.5)
    assert found.at is None
    assert found.to_dict()["change"] is None
    assert (found.closest, found.closest_lead) == (2.5, -2.5)
    assert "from 2.5 to 3.5" in found.sentence
    assert "at 2.5 it comes closest" in found.sentence
    assert "the score of 0 is still 2.5 below the largest" in found.sentence


def test_the_nearer_of_two_sides() -> None:
    """A score of |w| wins on both sides; where w begins at 0.001, the positive side is nearer."""
    net = bl.Network(
        (1, 1, 1),
        [
            bl.Conv2d(1, 1, bias=False),
            bl.Conv2d(2, 1, bias=False),
            *(bl.ReLU(), bl.Flatten(), bl.Dense(2)),
        ],
        engine="pure",
    )
    net.parameters["conv1.weight"][...] = 0.001
    net.parameters["conv2.weight"][...] = np.array([1.0, -1.0]).reshape(2, 1, 1, 1)
    net.parameters["dense1.weight"][...] = [[1.0, 1.0], [0.0, 0.0]]  # |w|, and
    net.parameters["dense1.bias"][...] = [0.0, 2.0]  # 2
    trace = bl.explain(net, np.ones((1, 1, 1, 1)), [0])
    assert trace["conv1.weight", 0, 0, 0, 0].flip().change == pytest.approx(1.999, abs=1e-12)


def test_what_cannot_be_asked() -> None:
    trace = SMALLS[0].trace()
    with pytest.raises(AddressError, match="follows from other numbers"):
        trace.flip("conv1.output[0,0,1,1]")
    with pytest.raises(AddressError, match="images 0 to 2, there is no 7"):
        trace.flip("conv1.bias[0]", image=7)
    with pytest.raises(ConfigurationError, match="reach must be a positive number, got -1"):
        trace.flip("conv1.bias[0]", reach=-1)


def test_a_pixel_of_another_image_moves_nothing() -> None:
    trace = SMALLS[0].trace()
    assert trace.flip("input[1,0,2,2]").image == 1
    assert trace.flip("input[1,0,2,2]", image=0).at is None


def test_with_a_single_class_there_is_no_other_answer() -> None:
    found = toy([2.0], 0)["dense1.weight", 0, 0].flip()
    assert found.at is None
    assert found.sentence.endswith(
        "the network has no other class, so nothing can change its answer."
    )
    infinite = toy([np.inf, 1.0], 0)["dense1.weight", 1, 0].flip()
    assert "scores are not finite" in infinite.sentence


def test_scores_that_are_not_finite_have_no_flip() -> None:
    found = toy([np.inf, np.inf, 1.0], 0)["dense1.weight", 2, 0].flip()
    assert found.at is None
    assert "scores are not finite" in found.sentence
    # Where they become so further away, that is no other answer.
    far = toy([0.0, 3.0, 2.0], 0)["dense1.weight", 2, 0].flip(reach=1e308)
    assert far.at is None
