"""Sentences where the usual ones would not be true: groups, balance, symmetry, modes."""

import numpy as np
import pytest

import backlit as bl
from backlit.explain.sentences import has_modes, mode_words
from backlit.layers import Layer
from backlit.network import Graph


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
