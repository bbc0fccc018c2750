"""Small networks that between them hold every kind of layer."""

from backlit import (
    ELU,
    GELU,
    Add,
    AvgPool2d,
    BatchNorm2d,
    Concat,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    HardSigmoid,
    HardSwish,
    LeakyReLU,
    MaxPool2d,
    Network,
    PReLU,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softplus,
    Tanh,
)
from backlit.layers import Layer

PLAIN: list[Layer] = [
    Conv2d(3, 3, padding=1),
    ReLU(),
    MaxPool2d(2),
    Conv2d(4, 2),
    ELU(),
    Flatten(),
    Dense(6),
    Tanh(),
    Dense(3),
]
RESIDUAL: list[Layer] = [
    Conv2d(4, 3, padding="same", bias=False),
    BatchNorm2d(),
    ReLU(),
    Conv2d(4, 3, padding=1, groups=2),
    BatchNorm2d(),
    Add("relu1"),
    GELU(),
    Conv2d(6, 3, stride=2, padding=1, name="main"),
    SiLU(),
    Conv2d(6, 1, stride=2, inputs="gelu1", name="shortcut"),
    Add("silu1"),
    Concat("main", "shortcut"),
    LeakyReLU(0.2),
    AvgPool2d(2, 1, padding=1, count_include_pad=False),
    Sigmoid(),
    GlobalAvgPool2d(),
    Dense(3),
]
WITH_DROPOUT: list[Layer] = [
    Conv2d(3, 3),
    ReLU(),
    Dropout(0.4),
    Flatten(),
    Dropout(0.5),
    Dense(3),
]
BENDS: list[Layer] = [
    Conv2d(4, 3, padding=1),
    ReLU6(),
    MaxPool2d(2),
    Conv2d(5, 2),
    HardSwish(),
    Flatten(),
    Dense(6),
    HardSigmoid(),
    Dense(4),
    PReLU(),
    Dense(4),
    Softplus(),
    Dense(3),
]
NETWORKS = {
    "plain": ((1, 6, 6), PLAIN),
    "residual": ((2, 5, 6), RESIDUAL),
    "dropout": ((1, 6, 5), WITH_DROPOUT),
    "bends": ((3, 6, 6), BENDS),
}


def make(name: str, engine: str = "pure", seed: int = 0) -> Network:
    shape, layers = NETWORKS[name]
    return Network(shape, layers, engine=engine, seed=seed)
