"""What is said of a number where the usual sentence would not be true.

A weight that nothing reaches gets one sentence instead of a page of zeros; groups, balance and
modes have theirs.
"""

import numpy as np
import pytest

import backlit as bl
from backlit.explain import Trace
from backlit.explain.sentences import has_modes, mode_words
from backlit.layers import Layer
from backlit.network import Graph
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


def test_the_channel_of_a_group_is_named_by_its_place_in_the_input_too() -> None:
    layers = [bl.Conv2d(6, 2, groups=3), bl.Flatten(), bl.Dense(2)]
    net = bl.Network((6, 3, 3), layers, engine="pure", seed=1)
    trace = bl.explain(net, np.ones((2, 6, 3, 3)), [0, 1])
    said = "channel 1 of its group, input channel 5"
    assert f"({said}, row 0, column 1)" in trace["conv1.weight[4,1,0,1]"].sentence
    story = " ".join(step.sentence for step in trace.story("conv1.weight[4,1,0,1]").steps)
    assert f"filter 4 for {said}, row 0" in story
    for index in range(net.parameters["conv1.weight"].shape[0]):
        group = index // 2  # of two filters, each of which sees two channels
        assert f"input channel {2 * group} " not in trace["conv1.weight", index, 1, 0, 0].sentence
        assert f"input channel {2 * group + 1}," in trace["conv1.weight", index, 1, 0, 0].sentence


def balanced() -> bl.Network:
    """Two equal images of different classes, so that both scores are pulled both ways alike."""
    net = bl.Network((1, 1, 1), [bl.Flatten(), bl.Dense(2)], engine="pure", seed=1)
    net.parameters["dense1.weight"][...] = 0.0
    return net


def test_images_that_balance_each_other() -> None:
    trace = bl.explain(balanced(), np.ones((2, 1, 1, 1)), [0, 1])
    story = trace.story("dense1.bias[0]", image=0)
    assert "This image, with −0.25, is balanced by the others." in story.steps[-3].sentence
    alone = bl.explain(balanced(), np.ones((3, 1, 1, 1)), [0, 1, 1])
    story = alone.story("dense1.bias[0]", image=0)
    assert "pulls the other way" in story.steps[-3].sentence


def test_a_loss_that_is_least_here_does_move() -> None:
    trace = bl.explain(balanced(), np.ones((2, 1, 1, 1)), [0, 1])
    nudge = trace["dense1.bias[0]"].nudge(0.5)
    assert nudge.measured == nudge.gradient == 0
    assert nudge.loss_plus > nudge.loss
    assert nudge.sentence.startswith("The loss is the same on both sides of this bias")


@pytest.mark.parametrize(
    ("layers", "training", "words"),
    [
        ([bl.ReLU()], True, ""),
        ([bl.BatchNorm2d()], False, "As in evaluation, batch norm uses mean and variance of the"),
        ([bl.Dropout(0.5)], True, "As in a training step, dropout leaves some numbers out."),
        ([bl.Dropout(0.5), bl.BatchNorm2d()], False, "training and dropout leaves nothing out."),
    ],
)
def test_how_layers_work(layers: list[Layer], training: bool, words: str) -> None:
    graph = Graph((1, 4, 4), [*layers, bl.Flatten(), bl.Dense(2)])
    assert words in mode_words(graph, training)
    assert has_modes(graph) == bool(words)
