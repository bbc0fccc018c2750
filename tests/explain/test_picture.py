"""What the windows of a pool hold, who won in them, and what a number has seen of the picture."""

from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit import pure
from backlit.explain import Patch
from backlit.explain.picture import pool_windows, seen_patch, winners
from backlit.network.engine import Array

POOLS = [
    bl.MaxPool2d(2),
    bl.MaxPool2d(3, stride=2),
    bl.MaxPool2d((2, 3), stride=(3, 1)),
    bl.MaxPool2d(3, stride=2, padding=1),
    bl.MaxPool2d((3, 2), stride=2, padding=((1, 0), (0, 1))),
    bl.MaxPool2d(2, stride=3, padding="same"),
]


@pytest.mark.parametrize("layer", POOLS, ids=repr)
def test_windows_are_those_of_the_book(layer: Any) -> None:
    net = bl.Network((2, 6, 7), [layer, bl.Flatten(), bl.Dense(2)])
    node = net.graph["maxpool1"]
    maps = np.random.default_rng(0).integers(-4, 0, (3, 2, 6, 7)).astype(float)  # many ties
    windows = pool_windows(node, maps)
    options = (layer.kernel_size, layer.stride, layer.padding)
    expected: Array = np.array(pure.max_pool2d_forward(maps.tolist(), *options))
    np.testing.assert_array_equal(windows.max(-1), expected)
    # The error of a single window goes where the winner is.
    where = winners(node, maps)
    axes = layer.window((2, 6, 7))
    for place in np.ndindex(*expected.shape):
        error = np.zeros(expected.shape)
        error[place] = 1.0
        nested: Any = error.tolist()
        dx: Array = np.array(pure.max_pool2d_backward(nested, maps.tolist(), *options))
        u, v = divmod(int(where[place]), axes[1].kernel)
        row, column = axes[0].input_position(place[2], u), axes[1].input_position(place[3], v)
        assert dx[place[0], place[1], row, column] == 1


GRAPH = bl.Network(
    (1, 9, 9),
    [
        *(bl.Conv2d(2, 3, name="a"), bl.ReLU(name="b"), bl.MaxPool2d(2, name="c")),
        *(bl.Conv2d(2, 3, padding=1, name="d"), bl.Add("c", name="e")),
        *(bl.Flatten(name="f"), bl.Dense(2, name="g")),
    ],
).graph


@pytest.mark.parametrize(
    ("name", "place", "patch"),
    [
        ("input", (0, 3, 4), Patch(3, 4, 4, 5)),
        ("a", (1, 2, 3), Patch(2, 5, 3, 6)),
        ("b", (1, 2, 3), Patch(2, 5, 3, 6)),
        ("c", (0, 1, 2), Patch(2, 6, 4, 8)),
        ("d", (0, 1, 1), Patch(0, 8, 0, 8)),
        ("d", (0, 0, 0), Patch(0, 6, 0, 6)),
        ("e", (0, 1, 1), Patch(0, 8, 0, 8)),
        ("f", (5,), Patch(0, 9, 0, 9)),
        ("g", (0,), Patch(0, 9, 0, 9)),
    ],
)
def test_what_a_number_has_seen(name: str, place: tuple[int, ...], patch: Patch) -> None:
    assert seen_patch(GRAPH, name, place) == patch


@pytest.mark.parametrize("name", ["a", "c", "d", "e"])
def test_nothing_outside_the_patch_matters(name: str) -> None:
    random = np.random.default_rng(0)
    net = bl.Network((1, 9, 9), GRAPH.layers)
    image = random.normal(size=(1, 1, 9, 9))
    place = tuple(size // 2 for size in GRAPH.shape(name))
    patch = seen_patch(GRAPH, name, place)
    inside = np.zeros((9, 9), bool)
    inside[patch.top : patch.bottom, patch.left : patch.right] = True
    other = np.where(inside, image, random.normal(size=image.shape))
    before, after = (
        net.record(batch, np.array([0])).activations[name][(0, *place)] for batch in (image, other)
    )
    assert before == after
