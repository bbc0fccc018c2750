"""backlit: a convolutional network that you can see through.

Read it (:mod:`backlit.pure`), see it (:func:`backlit.explain`), use it (:class:`backlit.Network`,
:func:`backlit.fit`).  Names are imported when they are first used, so that ``import backlit`` is
quick and ``import backlit.pure`` needs nothing but the standard library.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .system.display import Display, show_with

__version__ = "0.1.0"

# Room -> the public names that live there.
_ROOMS = {
    "data": ["load_dataset"],
    "errors": ["BacklitError"],
    "explain": ["explain"],
    "network": ["Network", "load"],
    "layers": [
        "Add",
        "AvgPool2d",
        "BatchNorm2d",
        "Concat",
        "Conv2d",
        "Dense",
        "Dropout",
        "ELU",
        "Flatten",
        "GELU",
        "GlobalAvgPool2d",
        "LeakyReLU",
        "MaxPool2d",
        "ReLU",
        "SiLU",
        "Sigmoid",
        "Tanh",
    ],
    "network.normalization": ["Normalization"],
    "training": [
        "Adam",
        "AdamW",
        "BestCheckpoint",
        "CSVLog",
        "Callback",
        "ConstantRate",
        "CosineDecay",
        "EarlyStopping",
        "History",
        "OneCycle",
        "RMSprop",
        "SGD",
        "StepDecay",
        "WarmUp",
        "fit",
    ],
}
_HOMES = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [  # noqa: RUF022 - plain alphabetical order
    "Adam",
    "AdamW",
    "Add",
    "AvgPool2d",
    "BacklitError",
    "BatchNorm2d",
    "BestCheckpoint",
    "CSVLog",
    "Callback",
    "Concat",
    "ConstantRate",
    "Conv2d",
    "CosineDecay",
    "Dense",
    "Dropout",
    "ELU",
    "EarlyStopping",
    "Flatten",
    "GELU",
    "GlobalAvgPool2d",
    "History",
    "LeakyReLU",
    "MaxPool2d",
    "Network",
    "Normalization",
    "OneCycle",
    "RMSprop",
    "ReLU",
    "SGD",
    "SiLU",
    "Sigmoid",
    "StepDecay",
    "Tanh",
    "WarmUp",
    "explain",
    "fit",
    "load",
    "load_dataset",
]

if TYPE_CHECKING:
    from .data import load_dataset
    from .errors import BacklitError
    from .explain.trace import explain
    from .layers import (
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
    from .network import Network, load
    from .network.normalization import Normalization
    from .training import (
        SGD,
        Adam,
        AdamW,
        BestCheckpoint,
        Callback,
        ConstantRate,
        CosineDecay,
        CSVLog,
        EarlyStopping,
        History,
        OneCycle,
        RMSprop,
        StepDecay,
        WarmUp,
        fit,
    )


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    room = import_module(f".{_HOMES[name]}", __name__)
    value = room if name == _HOMES[name] else getattr(room, name)  # backlit.explain is both
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _in_notebook(name: str) -> Any:
    """A function of :mod:`backlit.web.notebook`, which is imported when it is first called."""
    return lambda thing: getattr(import_module(".web.notebook", __name__), name)(thing)


show_with(Display(bundle=_in_notebook("bundle"), shown=_in_notebook("shown")))
