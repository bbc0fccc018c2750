"""A number that several layers read: what is said of each way is of that way alone."""

from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.explain import Trace
from backlit.explain.step_words import layer_words
from backlit.explain.story import Link
from backlit.explain.words import number


def traced(layer: Any, training: bool = True) -> Trace:
    """A convolution that a layer reads, and an addition beside it."""
    layers = [bl.Conv2d(2, 3, name="c", padding=1), layer, bl.Add("c"), bl.Flatten(), bl.Dense(2)]
    net = bl.Network((1, 4, 4), layers, engine="pure", seed=1)
    for name, array in net.parameters.items():
        if name.startswith("batchnorm1"):
            array[...] = 5.0
    images = np.random.default_rng(0).normal(size=(2, 1, 4, 4))
    return bl.explain(net, images, [0, 1], training=training)


def sentence(trace: Trace, index: tuple[int, ...], layer: str) -> str:
    """What a story says of the way through one of the readers."""
    explanation = trace["c.error", *index]
    pairs = tuple((part, term) for part in explanation.parts for term in part.terms)
    part = next(part for part in explanation.parts if part.layer == layer)
    link = Link(explanation.address, explanation.parts, pairs, part, part.terms[0])
    return layer_words(trace, link, explanation.value)[1]


@pytest.mark.parametrize("training", [True, False])
def test_a_batch_norm(training: bool) -> None:
    trace = traced(bl.BatchNorm2d(), training)
    index = (1, 1, 2, 0)
    own = next(part for part in trace["c.error", *index].parts if part.layer == "batchnorm1")
    said = sentence(trace, index, "batchnorm1")
    if training:
        direct, *others = own.terms
        assert f"{number(others[0].product)} and {number(others[1].product)}." in said
        assert said.endswith(f"Together {number(own.total)}.")
        assert number(direct.product) in said
    else:
        assert "a batch norm only scales" in said
        assert said.endswith(f"= {number(own.total)}.")


def test_a_relu() -> None:
    trace = traced(bl.ReLU())
    on = tuple(map(int, np.argwhere(trace.recording.activations["c"] > 0)[0]))
    error = trace.recording.errors["relu1"][on]
    assert error != trace.recording.errors["c"][on]
    assert f"passes unchanged, {number(error)}." in sentence(trace, on, "relu1")


def test_a_pool_counts_the_windows_that_were_won() -> None:
    trace = traced(bl.MaxPool2d(3, stride=1, padding=1))
    trace.recording.errors["maxpool1"][...] = 0.0  # it won, whether or not an error came back
    best = trace.recording.activations["c"][0, 0].argmax()
    row, column = divmod(int(best), 4)
    rows, columns = (min(3, at + 1) - max(0, at - 1) + 1 for at in (row, column))
    said = sentence(trace, (0, 0, row, column), "maxpool1")
    assert f"It won {rows * columns} windows, whose errors add up to 0." in said
