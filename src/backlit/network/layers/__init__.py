"""The layers a network is described with, one file for each family."""

from __future__ import annotations

from typing import Any

from backlit.errors import ConfigurationError

from .activation import ELU, GELU, LeakyReLU, ReLU, Sigmoid, SiLU, Tanh
from .base import Layer, MergeLayer, Shape
from .convolution import Conv2d
from .dense import Dense, Flatten
from .merging import Add, Concat
from .pooling import AvgPool2d, GlobalAvgPool2d, MaxPool2d
from .regularization import BatchNorm2d, Dropout

LAYERS: dict[str, type[Layer]] = {
    layer.__name__: layer
    for layer in (
        Conv2d,
        Dense,
        Flatten,
        MaxPool2d,
        AvgPool2d,
        GlobalAvgPool2d,
        ReLU,
        LeakyReLU,
        ELU,
        Sigmoid,
        Tanh,
        GELU,
        SiLU,
        BatchNorm2d,
        Dropout,
        Add,
        Concat,
    )
}


def layer_from_config(config: dict[str, Any]) -> Layer:
    """The layer that :meth:`Layer.to_config` described.

    Raises:
        ConfigurationError: an unknown kind of layer, or options that it does not have.
    """
    if not isinstance(config, dict) or config.get("layer") not in LAYERS:
        came = config.get("layer") if isinstance(config, dict) else config
        raise ConfigurationError(f"unknown layer {came!r}; there are {', '.join(LAYERS)}")
    options = {key: value for key, value in config.items() if key != "layer"}
    layer = LAYERS[config["layer"]]
    try:
        if issubclass(layer, MergeLayer):
            return layer(*options.pop("others", ()), **options)
        return layer(**options)
    except TypeError as problem:
        raise ConfigurationError(f"{layer.__name__}: {problem}") from None


__all__ = [
    "ELU",
    "GELU",
    "LAYERS",
    "Add",
    "AvgPool2d",
    "BatchNorm2d",
    "Concat",
    "Conv2d",
    "Dense",
    "Dropout",
    "Flatten",
    "GlobalAvgPool2d",
    "Layer",
    "LeakyReLU",
    "MaxPool2d",
    "MergeLayer",
    "ReLU",
    "Shape",
    "SiLU",
    "Sigmoid",
    "Tanh",
    "layer_from_config",
]
