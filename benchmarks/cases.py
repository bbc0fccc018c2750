"""The networks that are timed: textbooks', and what people train on small pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import backlit as bl
from backlit.layers import Layer

Layers = list[Layer]


@dataclass(frozen=True)
class Case:
    """A network and a batch to train it on.

    Attributes:
        shape: (channels, height, width) of an image.
        layers: writes the layers down.
        batch: images for one step.
        goal: how many times PyTorch's best float32 speed a training step should have.
    """

    shape: tuple[int, int, int]
    layers: Callable[[], Layers]
    batch: int
    goal: float


def lenet() -> Layers:
    return [
        bl.Conv2d(6, 5, padding=2), bl.ReLU(), bl.MaxPool2d(2),
        bl.Conv2d(16, 5), bl.ReLU(), bl.MaxPool2d(2),
        bl.Flatten(), bl.Dense(120), bl.ReLU(), bl.Dense(84), bl.ReLU(), bl.Dense(10),
    ]  # fmt: skip


def fashion_elu() -> Layers:
    return [
        bl.Conv2d(32, 3), bl.ELU(), bl.MaxPool2d(2),
        bl.Conv2d(64, 3), bl.ELU(), bl.MaxPool2d(2),
        bl.Flatten(), bl.Dense(128), bl.ELU(), bl.Dense(10),
    ]  # fmt: skip


def fashion_elu_wide() -> Layers:
    return [
        bl.Conv2d(32, 3, padding=1), bl.ELU(), bl.Conv2d(64, 3, padding=1), bl.ELU(),
        bl.MaxPool2d(2), bl.Flatten(), bl.Dense(128), bl.ELU(), bl.Dense(10),
    ]  # fmt: skip


def pooling_free() -> Layers:
    return [
        bl.Conv2d(32, 3, stride=2), bl.ELU(), bl.Conv2d(64, 3, stride=2), bl.ELU(),
        bl.Conv2d(64, 3), bl.ELU(), bl.GlobalAvgPool2d(), bl.Dense(10),
    ]  # fmt: skip


def vgg_small() -> Layers:
    layers: Layers = []
    for filters in (32, 64, 128):
        for _ in range(2):
            layers += [bl.Conv2d(filters, 3, padding=1), bl.ReLU()]
        layers.append(bl.MaxPool2d(2))
    return [*layers, bl.Flatten(), bl.Dense(128), bl.ReLU(), bl.Dense(10)]


def resnet20() -> Layers:
    """Identity shortcuts; where the maps shrink, a 1x1 convolution makes the shortcut fit."""
    layers: Layers = [bl.Conv2d(16, 3, padding=1, bias=False), bl.BatchNorm2d(), bl.ReLU(name="in")]
    before, came = "in", 16
    for stage, filters in enumerate((16, 32, 64)):
        for block in range(3):
            name, stride = f"b{stage}{block}", 2 if stage and not block else 1
            shortcut = before
            layers += [
                bl.Conv2d(filters, 3, stride, 1, bias=False, inputs=before),
                bl.BatchNorm2d(),
                bl.ReLU(),
                bl.Conv2d(filters, 3, padding=1, bias=False),
                bl.BatchNorm2d(name=f"{name}-norm"),
            ]
            if came != filters:
                shortcut = f"{name}-shortcut"
                layers += [
                    bl.Conv2d(filters, 1, stride, bias=False, inputs=before),
                    bl.BatchNorm2d(name=shortcut),
                ]
            layers += [
                bl.Add(shortcut, inputs=f"{name}-norm"),
                bl.ReLU(name=name),
            ]
            before, came = name, filters
    return [*layers, bl.GlobalAvgPool2d(), bl.Dense(10)]


def depthwise() -> Layers:
    layers: Layers = [bl.Conv2d(32, 3, padding=1, bias=False), bl.BatchNorm2d(), bl.ReLU()]
    came = 32
    for filters, stride in ((64, 1), (64, 2), (128, 1), (128, 2)):
        layers += [
            bl.Conv2d(came, 3, stride, 1, groups=came, bias=False), bl.BatchNorm2d(), bl.ReLU(),
            bl.Conv2d(filters, 1, bias=False), bl.BatchNorm2d(), bl.ReLU(),
        ]  # fmt: skip
        came = filters
    return [*layers, bl.GlobalAvgPool2d(), bl.Dense(10)]


GREY, COLOUR = (1, 28, 28), (3, 32, 32)
CASES = {
    "lenet": Case(GREY, lenet, 64, 4.0),
    "lenet-256": Case(GREY, lenet, 256, 4.0),
    "fashion-elu": Case(GREY, fashion_elu, 64, 2.5),
    "fashion-elu-wide": Case(GREY, fashion_elu_wide, 64, 1.8),
    "pooling-free": Case(GREY, pooling_free, 64, 2.5),
    "vgg-small": Case(COLOUR, vgg_small, 64, 1.3),
    "resnet20": Case(COLOUR, resnet20, 64, 1.3),
    "depthwise": Case(COLOUR, depthwise, 64, 3.0),
}
