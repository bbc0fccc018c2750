"""Ready-made networks by name, and networks described in a file.

A model is a list of layers for a number of classes; the input's shape decides the rest.  The same
lists can be written down as JSON, which :func:`read_model` reads: an object with ``"layers"``,
each an object with its kind as ``"layer"`` and its options by name::

    {"layers": [{"layer": "Conv2d", "filters": 8, "kernel_size": 3, "padding": 1},
                {"layer": "ReLU"},
                {"layer": "Flatten"},
                {"layer": "Dense", "units": 10}]}

This is what ``Network.config()`` makes, and what ``backlit info RUN --json`` prints under
``"network"``; that whole document is understood too.  Nothing in such a file is ever run.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backlit.errors import BacklitError, ConfigurationError
from backlit.layers import (
    ELU,
    Add,
    BatchNorm2d,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    Layer,
    MaxPool2d,
    ReLU,
    layer_from_config,
)
from backlit.network.graph import Graph


@dataclass(frozen=True)
class Model:
    """A ready-made network: its name, one line about it, and its layers for so many classes."""

    name: str
    summary: str
    layers: Callable[[int], list[Layer]]


def build_model(model: str, input_shape: tuple[int, int, int], classes: int) -> list[Layer]:
    """The layers of a model that gives one score for each class.

    Args:
        model: one of :data:`MODELS`, or the path of a JSON file (see the module).
        input_shape: (channels, height, width) of one picture.
        classes: how many there are.

    Raises:
        ConfigurationError: no such model, a file that describes none, or one that does not fit
            the pictures or the classes.
    """
    if model in MODELS:
        what, layers = f"the model {model!r}", MODELS[model].layers(classes)
    elif _looks_like_a_file(model):
        what, layers = f"the model in {model}", read_model(Path(model))
    else:
        raise ConfigurationError(
            f"no model is called {model!r}; there are {', '.join(MODELS)}, or give a JSON file"
        )
    _check_fit(what, layers, input_shape, classes)
    return layers


def read_model(path: Path) -> list[Layer]:
    """The layers that a JSON file describes; see the module for its form.

    Raises:
        ConfigurationError: the file cannot be read, or describes no layers.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        reason = problem.strerror or problem
        raise ConfigurationError(f"the model file {path} cannot be read: {reason}") from None
    except (ValueError, RecursionError) as problem:
        raise ConfigurationError(f"the model file {path} is no JSON: {problem}") from None
    try:
        return [layer_from_config(layer) for layer in _layer_list(document)]
    except BacklitError as problem:
        raise ConfigurationError(f"the model file {path} describes no network: {problem}") from None


def _layer_list(document: Any) -> list[Any]:
    if isinstance(document, dict) and isinstance(document.get("network"), dict):
        document = document["network"]
    layers = document.get("layers") if isinstance(document, dict) else None
    if not isinstance(layers, list):
        raise ConfigurationError('it should be an object with a list called "layers"')
    return layers


def _looks_like_a_file(model: str) -> bool:
    path = Path(model)
    return path.suffix.lower() == ".json" or len(path.parts) > 1 or path.is_file()


def _check_fit(
    what: str, layers: list[Layer], input_shape: tuple[int, int, int], classes: int
) -> None:
    try:
        output = Graph(input_shape, layers).output_shape
    except BacklitError as problem:
        shape = "×".join(map(str, input_shape))
        raise ConfigurationError(f"{what} does not fit pictures of {shape}: {problem}") from None
    if output != (classes,):
        raise ConfigurationError(
            f"{what} ends with shape {output}, but the data has {classes} classes: end it with "
            f"Dense({classes})"
        )


def _small(classes: int) -> list[Layer]:
    return [
        *(Conv2d(8, 3), ReLU(), MaxPool2d(2)),
        *(Conv2d(16, 3, padding=1), ReLU()),
        *(Flatten(), Dense(classes)),
    ]


def _lenet(classes: int) -> list[Layer]:
    return [
        *(Conv2d(6, 5, padding=2), ReLU(), MaxPool2d(2)),
        *(Conv2d(16, 5), ReLU(), MaxPool2d(2)),
        *(Flatten(), Dense(120), ReLU(), Dense(84), ReLU(), Dense(classes)),
    ]


def _fashion_elu(classes: int) -> list[Layer]:
    return [
        *(Conv2d(32, 3), ELU(), MaxPool2d(2)),
        *(Conv2d(64, 3), ELU(), MaxPool2d(2)),
        *(Flatten(), Dense(128), ELU(), Dense(classes)),
    ]


def _pooling_free(classes: int) -> list[Layer]:
    return [
        *(Conv2d(32, 3, stride=2), ELU()),
        *(Conv2d(64, 3, stride=2), ELU()),
        *(Conv2d(64, 3), ELU()),
        *(GlobalAvgPool2d(), Dense(classes)),
    ]


def _pooling_free_wide(classes: int) -> list[Layer]:
    """The last filters cover nearly all of the picture: they see where something is."""
    return [
        *(Conv2d(48, 3, stride=2), ELU()),
        *(Conv2d(96, 3, stride=2), ELU()),
        *(Conv2d(192, 5), ELU()),
        *(GlobalAvgPool2d(), Dense(classes)),
    ]


def _vgg_small(classes: int) -> list[Layer]:
    layers: list[Layer] = []
    for filters in (32, 64, 128):
        for _ in range(2):
            layers += [Conv2d(filters, 3, padding=1), ReLU()]
        layers.append(MaxPool2d(2))
    return [*layers, Flatten(), Dense(128), ReLU(), Dense(classes)]


def _vgg_norm(classes: int) -> list[Layer]:
    """Pools come before batch norms: these then have a quarter of the numbers to go through.

    The order is that of Jordan, "94% on CIFAR-10 in 3.29 seconds on a single GPU", 2024.  The
    windows of the last pool overlap, so that no row of 7×7 maps is left out.
    """
    layers: list[Layer] = []
    for filters, pool in ((32, 2), (64, None), (64, 2), (128, None), (128, 3)):
        layers.append(Conv2d(filters, 3, padding=1, bias=False))
        layers += [MaxPool2d(pool, stride=2)] if pool else []
        layers += [BatchNorm2d(), ReLU()]
    return [*layers, Flatten(), Dropout(0.2), Dense(classes)]


def _resnet20(classes: int) -> list[Layer]:
    layers = [*_convolution(16, 3), ReLU(name="block0")]
    for block in range(1, 10):
        stage = (block - 1) // 3  # three stages of three blocks: 16, 32 and 64 filters
        halve = stage > 0 and block % 3 == 1
        layers += _residual_block(block, filters=16 << stage, stride=2 if halve else 1)
    return [*layers, GlobalAvgPool2d(), Dense(classes)]


def _residual_block(block: int, filters: int, stride: int) -> list[Layer]:
    """Y = ReLU(X + F(X)); where F halves the maps, the shortcut is a 1×1 convolution that does too.

    He et al. call that projection "option B".  Their ResNet-20 for CIFAR takes every other pixel
    and fills the new channels with zeros there ("option A"), for which there is no layer here.
    """
    reads = f"block{block - 1}"
    shortcut, layers = reads, []
    if stride > 1:
        shortcut = f"shortcut{block}"
        layers = _convolution(filters, 1, stride, inputs=reads, name=shortcut)
    return [
        *layers,
        *(*_convolution(filters, 3, stride, inputs=reads), ReLU()),
        *_convolution(filters, 3),
        *(Add(shortcut), ReLU(name=f"block{block}")),
    ]


def _convolution(
    filters: int, size: int, stride: int = 1, inputs: str | None = None, name: str | None = None
) -> list[Layer]:
    """A convolution and the batch norm that takes over its bias; ``name`` is that of the latter."""
    return [
        Conv2d(filters, size, stride=stride, padding=size // 2, bias=False, inputs=inputs),
        BatchNorm2d(name=name),
    ]


MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        Model("small", "two small convolutions; quick enough for the pure engine", _small),
        Model("lenet", "LeNet-5 with ReLU and max pooling, for 28×28 (LeCun et al. 1998)", _lenet),
        Model("fashion-elu", "two convolutions with ELU, for Fashion-MNIST", _fashion_elu),
        Model("pooling-free", "three convolutions, strided where others pool", _pooling_free),
        Model("pooling-free-wide", "the same with more and larger filters", _pooling_free_wide),
        Model("vgg-small", "six 3×3 convolutions (after Simonyan, Zisserman 2014)", _vgg_small),
        Model("vgg-norm", "five 3×3 convolutions with batch norm, and dropout", _vgg_norm),
        Model("resnet20", "19 convolutions with shortcuts, for CIFAR (He et al. 2015)", _resnet20),
    )
}
DEFAULT_MODEL = "small"
