"""A network as the Python that builds it, and in one line."""

from typing import Any

import numpy as np
import pytest

import backlit as bl
from tests.web.networks import NETWORKS


def rebuilt(net: bl.Network) -> bl.Network:
    names: dict[str, Any] = {}
    exec(net.source(), names)
    found = names["net"]
    assert isinstance(found, bl.Network)
    return found


@pytest.mark.parametrize("name", NETWORKS)
def test_the_source_builds_the_same_network(name: str) -> None:
    shape, layers = NETWORKS[name]
    channels = shape[0]
    net = bl.Network(
        shape,
        layers,
        seed=7,
        initialization="glorot",
        classes=("ant", "it's", 'a "cat"'),
        normalization=bl.Normalization((0.1 + 0.2,) * channels, (1 / 3,) * channels),
    )
    again = rebuilt(net)
    assert again.config() == net.config()
    for key, array in net.parameters.items():
        np.testing.assert_array_equal(again.parameters[key], array)


def test_what_is_usual_is_not_written() -> None:
    net = bl.Network((1, 8, 8), [bl.Conv2d(8, 3), bl.Flatten(), bl.Dense(10)])
    assert net.source() == (
        "import backlit as bl\n\nnet = bl.Network(\n    input_shape=(1, 8, 8),\n    layers=[\n"
        "        bl.Conv2d(8, 3),\n        bl.Flatten(),\n        bl.Dense(10),\n    ],\n"
        "    seed=0,\n)\n"
    )


@pytest.mark.parametrize(
    ("layers", "line"),
    [
        ([bl.Conv2d(8, 3), bl.ReLU(), bl.MaxPool2d(2)], "conv 8@3×3 → ReLU → max pool 2×2"),
        ([bl.Conv2d(4, (3, 5), stride=2)], "conv 4@3×5 /2"),
        ([bl.Conv2d(4, 3, stride=(1, 2), groups=2)], "conv 4@3×3 /1×2, 2 groups"),
        ([bl.MaxPool2d(3, 2), bl.AvgPool2d(2, 1)], "max pool 3×3 /2 → average pool 2×2 /1"),
        (
            [bl.Conv2d(2, 1), bl.ReLU(name="r"), bl.Conv2d(2, 1), bl.Add("r")],
            "conv 2@1×1 → ReLU (r) → conv 2@1×1 → add with r",
        ),
        (
            [bl.Conv2d(2, 1, name="a"), bl.Conv2d(2, 1, inputs="input", name="b"), bl.Concat("a")],
            "conv 2@1×1 (a) → conv 2@1×1 of input → concat with a",
        ),
    ],
)
def test_in_one_line(layers: list[Any], line: str) -> None:
    net = bl.Network((2, 12, 12), [*layers, bl.Flatten(), bl.Dense(3)])
    assert net.in_short() == f"2×12×12 → {line} → flatten → dense 3"
