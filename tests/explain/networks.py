"""Small networks, one for each kind of layer, with numbers that are nobody's friends."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

import backlit as bl
from backlit.explain import Trace

Array = NDArray[Any]


@dataclass(frozen=True)
class Small:
    """A network to be, and the batch it is tried on."""

    about: str
    input_shape: tuple[int, int, int]
    layers: list[Any]
    images: int = 3
    training: bool = True
    smooth: bool = False  # no kink and no maximum anywhere
    options: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.about

    def network(self, seed: int = 1) -> bl.Network:
        """The network, its biases, scales and running statistics away from 0 and 1."""
        net = bl.Network(self.input_shape, self.layers, seed=seed, **self.options)
        random = np.random.default_rng(seed)
        for name, array in net.parameters.items():
            if array.ndim == 1:
                array += random.normal(0, 0.3, array.shape)
            assert name in net.parameters
        for name, array in net.buffers.items():
            array += random.uniform(0.1, 0.5, array.shape) if "variance" in name else 0.2
        net.training_step = 5
        return net

    def batch(self, seed: int = 2) -> tuple[Array, Array]:
        """Images and labels."""
        random = np.random.default_rng(seed)
        images = random.normal(size=(self.images, *self.input_shape))
        classes = bl.Network(self.input_shape, self.layers).graph.output_shape[0]
        return images, random.integers(0, classes, self.images)

    def trace(self) -> Trace:
        """The trace of the batch."""
        return bl.explain(self.network(), *self.batch(), training=self.training)


def ends(*layers: Any) -> list[Any]:
    """The layers, and what makes scores of them."""
    return [*layers, bl.Flatten(), bl.Dense(3)]


CONVOLUTIONS = [
    Small("plain", (2, 5, 4), ends(bl.Conv2d(3, 3)), smooth=True),
    Small("padded, strided", (2, 6, 5), ends(bl.Conv2d(2, 3, stride=2, padding=1)), smooth=True),
    Small(
        "everything at once",
        (4, 9, 8),
        ends(
            bl.Conv2d(6, (3, 2), stride=(2, 3), padding=((1, 0), (2, 1)), dilation=(2, 1), groups=2)
        ),
        images=2,
        smooth=True,
    ),
    Small(
        "same, no bias, two in a row",
        (1, 5, 5),
        ends(
            bl.Conv2d(2, 2, padding="same", bias=False), bl.Conv2d(2, 3, padding="same", stride=2)
        ),
        smooth=True,
    ),
    Small("depthwise", (3, 4, 4), ends(bl.Conv2d(3, 3, padding=1, groups=3)), smooth=True),
    Small("some pixels unread", (1, 7, 7), ends(bl.Conv2d(2, 2, stride=4)), smooth=True),
]

POOLS = [
    Small("max pool", (2, 5, 5), ends(bl.MaxPool2d(2))),
    Small("max pool, overlapping, padded", (1, 6, 6), ends(bl.MaxPool2d(3, stride=2, padding=1))),
    Small("average pool", (2, 5, 4), ends(bl.AvgPool2d(2)), smooth=True),
    Small(
        "average pool, padding not counted",
        (1, 5, 5),
        ends(bl.AvgPool2d(3, stride=2, padding=1, count_include_pad=False)),
        smooth=True,
    ),
    Small(
        "global average pool",
        (2, 4, 3),
        [bl.Conv2d(3, 2), bl.GlobalAvgPool2d(), bl.Dense(4)],
        smooth=True,
    ),
]

_KINKED = (
    bl.ReLU(),
    bl.PReLU(),
    bl.PReLU(shared=True, start=-0.3),
    bl.ReLU6(),
    bl.HardSigmoid(),
    bl.HardSwish(),
    bl.LeakyReLU(0.2),
    bl.ELU(0.5),
)
_SMOOTH = (bl.ELU(), bl.Sigmoid(), bl.Tanh(), bl.GELU(), bl.SiLU(), bl.Softplus())
ACTIVATIONS = [
    Small(repr(layer), (1, 4, 4), ends(bl.Conv2d(2, 3), layer), smooth=layer in _SMOOTH)
    for layer in (*_KINKED, *_SMOOTH)
]

MODES = [
    Small(
        f"{what}, {'training' if training else 'evaluation'}",
        (2, 4, 4),
        ends(bl.Conv2d(2, 3), layer, bl.Tanh()),
        training=training,
        smooth=True,
    )
    for what, layer in (("batch norm", bl.BatchNorm2d()), ("dropout", bl.Dropout(0.4)))
    for training in (True, False)
]

BRANCHES = [
    Small(
        "residual block",
        (2, 4, 4),
        [
            *(bl.Conv2d(3, 3, padding=1, bias=False), bl.BatchNorm2d(), bl.ReLU()),
            *(bl.Conv2d(3, 3, padding=1), bl.Add("relu1"), bl.ReLU()),
            *(bl.GlobalAvgPool2d(), bl.Dense(3)),
        ],
    ),
    Small(
        "concat, and the input read twice",
        (1, 4, 4),
        [
            *(bl.Conv2d(2, 3, padding=1), bl.Conv2d(3, 1, inputs="input", name="side")),
            *(bl.Concat("conv1", "side"), bl.Add("concat1"), bl.Flatten(), bl.Dense(3)),
        ],
        smooth=True,
    ),
    Small(
        "concat of rows",
        (1, 3, 3),
        [
            *(bl.Flatten(), bl.Dense(4), bl.Tanh(), bl.Dense(2), bl.Concat("tanh1")),
            *(bl.Flatten(), bl.Dense(3)),
        ],
        smooth=True,
    ),
]

ONE_IMAGE = Small("one image, one layer", (1, 2, 2), ends(), images=1, smooth=True)
# Names that numbers behind the last layer have as well.
NAMED = Small(
    "layers called loss, truth and probability",
    (1, 4, 4),
    [
        bl.Conv2d(2, 3, name="loss"),
        bl.ReLU(name="truth"),
        bl.Flatten(name="probability"),
        bl.Dense(3),
    ],
)

SMALLS = [*CONVOLUTIONS, *POOLS, *ACTIVATIONS, *MODES, *BRANCHES, ONE_IMAGE, NAMED]
