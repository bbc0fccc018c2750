"""backlit: a convolutional network that you can see through.

Read it (:mod:`backlit.pure`), see it (:func:`backlit.explain`), use it (:class:`backlit.Network`,
:func:`backlit.fit`).  Names are imported when they are first used, so that ``import backlit`` is
quick and ``import backlit.pure`` needs nothing but the standard library.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# Public name -> where it lives.
_HOMES = {
    "ELU": "network.layers",
    "GELU": "network.layers",
    "Add": "network.layers",
    "AvgPool2d": "network.layers",
    "BacklitError": "errors",
    "BatchNorm2d": "network.layers",
    "Concat": "network.layers",
    "Conv2d": "network.layers",
    "Dense": "network.layers",
    "Dropout": "network.layers",
    "Flatten": "network.layers",
    "GlobalAvgPool2d": "network.layers",
    "LeakyReLU": "network.layers",
    "MaxPool2d": "network.layers",
    "Network": "network",
    "Normalization": "normalization",
    "ReLU": "network.layers",
    "SiLU": "network.layers",
    "Sigmoid": "network.layers",
    "Tanh": "network.layers",
}

__all__ = sorted([*_HOMES, "load"])

if TYPE_CHECKING:
    from .errors import BacklitError
    from .network import Network
    from .network import load_network as load
    from .network.layers import (
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
        LeakyReLU,
        MaxPool2d,
        ReLU,
        Sigmoid,
        SiLU,
        Tanh,
    )
    from .normalization import Normalization


def __getattr__(name: str) -> Any:
    if name == "load":
        value = import_module(".network", __name__).load_network
    elif name in _HOMES:
        value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
