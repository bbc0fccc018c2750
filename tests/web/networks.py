"""Traces of networks: digits, ELU, color with strides, a residual block with batch norm, bends."""

from functools import cache
from typing import Any

import numpy as np

import backlit as bl
from backlit.explain import Trace, explain

Shape = tuple[int, int, int]
NETWORKS: dict[str, tuple[Shape, list[Any]]] = {
    "digits": (
        (1, 8, 8),
        [
            *(bl.Conv2d(4, 3), bl.ReLU(), bl.MaxPool2d(2)),
            *(bl.Conv2d(5, 3, padding=1), bl.ReLU(), bl.Flatten(), bl.Dense(3)),
        ],
    ),
    "elu": (
        (1, 12, 12),
        [
            *(bl.Conv2d(4, 3), bl.ELU(), bl.MaxPool2d(2)),
            *(bl.Conv2d(6, 3), bl.ELU(), bl.MaxPool2d(2)),
            *(bl.Flatten(), bl.Dense(7), bl.ELU(), bl.Dense(3)),
        ],
    ),
    "color": (
        (3, 9, 8),
        [
            *(bl.Conv2d(6, 3, stride=2, padding=1), bl.GELU(), bl.Dropout(0.3)),
            *(bl.Conv2d(8, (3, 2), stride=(1, 2), padding=((1, 0), (0, 1)), groups=2), bl.SiLU()),
            *(bl.AvgPool2d(2, 1, padding=1), bl.Sigmoid(), bl.GlobalAvgPool2d(), bl.Dense(3)),
        ],
    ),
    "residual": (
        (2, 6, 6),
        [
            *(bl.Conv2d(4, 3, padding=1, bias=False), bl.BatchNorm2d(), bl.ReLU(name="r")),
            *(bl.Conv2d(4, 3, padding=2, dilation=2), bl.BatchNorm2d(), bl.Add("r"), bl.Tanh()),
            *(bl.Concat("r"), bl.LeakyReLU(), bl.MaxPool2d(3, 2, padding=1)),
            *(bl.Flatten(), bl.Dense(3)),
        ],
    ),
    "bends": (
        (3, 6, 6),
        [
            *(bl.Conv2d(4, 3), bl.HardSigmoid(), bl.Conv2d(4, 3, padding=1), bl.Softplus()),
            *(bl.PReLU(shared=True), bl.Conv2d(5, 3), bl.PReLU(), bl.HardSwish()),
            *(bl.Flatten(), bl.Dense(6), bl.ReLU6()),
            *(bl.Dense(3), bl.Softplus()),
        ],
    ),
}


@cache
def trace(name: str, images: int = 3) -> Trace:
    """A batch of random pictures through one of the networks, by the book."""
    shape, layers = NETWORKS[name]
    net = bl.Network(shape, layers, engine="pure", seed=2, classes=("ant", "<bee>", "cat & dog"))
    random = np.random.default_rng(4)
    pictures = random.standard_normal((images, *shape))
    return explain(net, pictures, np.arange(images) % 3)
