"""The layers a network is described with, one file for each family."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

from backlit.errors import ConfigurationError

from .activation import ELU, GELU, Activation, LeakyReLU, ReLU, Sigmoid, SiLU, Tanh
from .base import Kink, Layer, MergeLayer, Shape
from .call import Call, Gradients
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
    kind = config.get("layer") if isinstance(config, dict) else config
    if not isinstance(config, dict) or not isinstance(kind, str) or kind not in LAYERS:
        raise ConfigurationError(f"unknown layer {kind!r}; there are {', '.join(LAYERS)}")
    options = {key: value for key, value in config.items() if key != "layer"}
    layer = LAYERS[kind]
    _check_options(layer, options)
    if issubclass(layer, MergeLayer):
        others = options.pop("others")
        if not isinstance(others, list | tuple):
            raise ConfigurationError(f"{kind} others must be a list of names, got {others!r}")
        return layer(*others, **options)
    return layer(**options)


def _check_options(layer: type[Layer], options: dict[str, Any]) -> None:
    """Every option that is given exists, and every one that is needed is given."""
    known = {each.name: each for each in fields(layer)}
    unknown = [name for name in options if name not in known]
    if unknown:
        raise ConfigurationError(
            f"{layer.__name__} has no option {unknown[0]!r}, only {', '.join(known)}"
        )
    needed = [each.name for each in known.values() if each.default is MISSING]
    needed += ["others"] if issubclass(layer, MergeLayer) else []
    missing = [name for name in needed if name not in options]
    if missing:
        raise ConfigurationError(f"{layer.__name__} needs {' and '.join(missing)}")


__all__ = [
    "ELU",
    "GELU",
    "LAYERS",
    "Activation",
    "Add",
    "AvgPool2d",
    "BatchNorm2d",
    "Call",
    "Concat",
    "Conv2d",
    "Dense",
    "Dropout",
    "Flatten",
    "GlobalAvgPool2d",
    "Gradients",
    "Kink",
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
