"""The layers a network is described with, one file for each family."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

from backlit.errors import ConfigurationError
from backlit.system.names import checked_names

from . import activation, convolution, dense, merging, pooling, regularization
from .activation import *
from .activation import Activation
from .base import Kink, Layer, MergeLayer, Shape
from .call import Call, Gradients
from .convolution import *
from .dense import *
from .merging import *
from .pooling import *
from .regularization import *

_FAMILIES = (convolution, dense, pooling, activation, regularization, merging)

# A file's __all__ holds its layers, and so enters them here and among the names of the package.
LAYERS: dict[str, type[Layer]] = {
    name: getattr(family, name) for family in _FAMILIES for name in family.__all__
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
        others = checked_names(f"{kind} others", options.pop("others"))
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
    "LAYERS",
    "Activation",
    "Call",
    "Gradients",
    "Kink",
    "Layer",
    "MergeLayer",
    "Shape",
    "layer_from_config",
]
__all__ += activation.__all__
__all__ += convolution.__all__
__all__ += dense.__all__
__all__ += merging.__all__
__all__ += pooling.__all__
__all__ += regularization.__all__
