"""A weight that nothing reaches: one sentence instead of a page of zeros."""

import numpy as np
import pytest

import backlit as bl
from backlit.explain import Trace
from backlit.views.explanation import render_explanation
from backlit.views.story import render_story
from tests.views.rendering import plain_lines, words


def traced(bias: float, picture: float) -> Trace:
    layers = [bl.Conv2d(2, 3), bl.ReLU(), bl.Flatten(), bl.Dense(3)]
    net = bl.Network((1, 5, 5), layers, seed=1)
    net.parameters["conv1.bias"][...] = bias
    return bl.explain(net, np.full((1, 1, 5, 5), picture), np.array([1]))


OFF = "relu1 let nothing of filter 0 pass, since none of its outputs is above 0"


def test_a_filter_whose_relu_is_off_learns_nothing() -> None:
    trace = traced(bias=-50, picture=1.0)
    assert trace["conv1.weight", 0, 0, 1, 1].nothing == (
        f"All 9 products are 0, because every error that came back here is 0: {OFF}. Nothing can "
        "be learned from this image."
    )
    assert trace["conv1.bias", 0].nothing.startswith("All 9 terms are 0, because every error")


def test_the_relu_is_not_blamed_where_it_was_on() -> None:
    trace = traced(bias=9, picture=1.0)
    trace.recording.errors["conv1"][...] = 0.0
    said = trace["conv1.weight", 0, 0, 1, 1].nothing
    assert "because every error that came back here is 0: nothing came back from the" in said
    assert "ReLU" not in said


def test_who_is_to_blame_further_away() -> None:
    layers = [
        *(bl.Conv2d(1, 1), bl.Tanh(), bl.ReLU(), bl.MaxPool2d(2), bl.Dropout(0.5)),
        *(bl.Flatten(), bl.Dense(2)),
    ]
    for off, training, said in (
        (0.0, False, "(a pool chose other numbers)"),
        (-9.0, False, "(a ReLU was off or a pool chose other numbers)"),
        (-9.0, True, "(a ReLU was off, a pool chose other numbers or dropout left it out)"),
    ):
        net = bl.Network((1, 4, 4), layers, engine="pure", seed=1)
        net.parameters["conv1.weight"][...] = 0.1
        net.parameters["conv1.bias"][...] = off
        net.parameters["dense1.weight"][...] = 0.0  # so that no error comes back
        trace = bl.explain(net, np.ones((1, 1, 4, 4)), [0], training=training)
        assert said in trace["conv1.weight", 0, 0, 0, 0].nothing


def test_a_network_that_is_sure_and_right_has_nothing_to_hand_back() -> None:
    net = bl.Network((1, 2, 2), [bl.Conv2d(1, 1), bl.Flatten(), bl.Dense(2)], engine="pure", seed=1)
    net.parameters["dense1.bias"][...] = (900.0, 0.0)
    trace = bl.explain(net, np.ones((1, 1, 2, 2)), [0])
    assert "so sure, and right, that no score has an error" in (
        trace["conv1.weight", 0, 0, 0, 0].nothing
    )


def test_one_image_of_a_batch_can_be_the_one_that_teaches_nothing() -> None:
    net = bl.Network((1, 5, 5), [bl.Conv2d(2, 3), bl.ReLU(), bl.Flatten(), bl.Dense(3)], seed=1)
    net.parameters["conv1.weight"][0] = 1.0
    images = np.stack([np.full((1, 5, 5), value) for value in (-1.0, 1.0)])
    trace = bl.explain(net, images, np.array([1, 2]))
    assert not trace["conv1.weight", 0, 0, 1, 1].nothing
    dead, alive = (trace.story("conv1.weight[0,0,1,1]", image=n).steps[-4] for n in (0, 1))
    assert f"{OFF}. Nothing can be learned from this image." in dead.sentence
    assert "products are 0" not in alive.sentence


def test_zeros_as_input_are_another_reason() -> None:
    explanation = traced(bias=1, picture=0.0)["conv1.weight", 0, 0, 1, 1]
    assert explanation.nothing == "All 9 products are 0: wherever there was an error, it met a 0."


def test_what_does_learn_is_not_said_to_learn_nothing() -> None:
    assert not traced(bias=1, picture=1.0)["conv1.weight", 0, 0, 1, 1].nothing


@pytest.mark.parametrize("dead", [True, False])
def test_tables_of_zeros_are_not_shown(dead: bool) -> None:
    trace = traced(bias=-50 if dead else 1, picture=1.0)
    explanation = words(plain_lines(render_explanation(trace["conv1.weight", 0, 0, 1, 1]), 80))
    story = words(plain_lines(render_story(trace.story("conv1.weight[0,0,1,1]")), 80))
    for page, table in ((explanation, "The 9 terms"), (story, "error · input at each position")):
        assert (table in page) != dead
        assert ("All 9 products are 0" in page) == dead
