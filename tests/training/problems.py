"""Tiny networks and data that train in milliseconds."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from backlit import (
    BatchNorm2d,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    MaxPool2d,
    Network,
    ReLU,
)

Pair = tuple[NDArray[Any], NDArray[np.int64]]


def floats(count: int = 12, seed: int = 0, classes: int = 3) -> Pair:
    """Random 1x4x4 images with random labels."""
    random = np.random.default_rng(seed)
    return random.standard_normal((count, 1, 4, 4)), random.integers(0, classes, count)


def pictures(count: int = 12, seed: int = 0, channels: int = 1) -> Pair:
    """Raw 4x4 pictures with random labels."""
    random = np.random.default_rng(seed)
    images = random.integers(0, 256, (count, channels, 4, 4), dtype=np.uint8)
    return images, random.integers(0, 3, count)


def separable(count: int = 30, seed: int = 0) -> Pair:
    """Noise with one bright pixel, whose place is the class."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 3, count)
    images = 0.1 * random.standard_normal((count, 1, 4, 4))
    images.reshape(count, 16)[np.arange(count), labels] += 1
    return images, labels


def dense(seed: int = 0, **options: Any) -> Network:
    """A network without a convolution: the quickest."""
    return Network((1, 4, 4), [Flatten(), Dense(5), ReLU(), Dense(3)], seed=seed, **options)


def everything(seed: int = 0) -> Network:
    """Convolution, running statistics and dropout: all that a resumed training must bring back."""
    layers = [
        Conv2d(2, 3),
        BatchNorm2d(),
        ReLU(),
        MaxPool2d(2),
        Flatten(),
        Dropout(0.3),
        Dense(4),
        ReLU(),
        Dense(3),
    ]
    return Network((1, 4, 4), layers, seed=seed)
