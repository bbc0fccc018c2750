"""backlit: a convolutional network that you can see through.

Read it (:mod:`backlit.pure`), see it (:func:`backlit.explain`), use it (:class:`backlit.Network`,
:func:`backlit.fit`), check your own (:func:`backlit.check`).  Names are imported when they are
first used, so that ``import backlit`` is quick and ``import backlit.pure`` needs nothing but the
standard library.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .system.display import Display, show_with
from .system.version import __version__ as __version__

# Room -> the public names that live there; the layers are known to their own room.
_ROOMS = {
    "check": ["check"],
    "data": ["load_dataset"],
    "errors": ["BacklitError"],
    "explain": ["explain"],
    "network": ["Network", "load"],
    "runs": ["open_run"],
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

if TYPE_CHECKING:
    from .check.check import check as check
    from .data import load_dataset as load_dataset
    from .errors import BacklitError as BacklitError
    from .explain.trace import explain as explain
    from .layers.activation import *
    from .layers.convolution import *
    from .layers.dense import *
    from .layers.merging import *
    from .layers.pooling import *
    from .layers.regularization import *
    from .network import Network as Network
    from .network import load as load
    from .network.normalization import Normalization as Normalization
    from .runs import open_run as open_run
    from .training import SGD as SGD
    from .training import Adam as Adam
    from .training import AdamW as AdamW
    from .training import BestCheckpoint as BestCheckpoint
    from .training import Callback as Callback
    from .training import ConstantRate as ConstantRate
    from .training import CosineDecay as CosineDecay
    from .training import CSVLog as CSVLog
    from .training import EarlyStopping as EarlyStopping
    from .training import History as History
    from .training import OneCycle as OneCycle
    from .training import RMSprop as RMSprop
    from .training import StepDecay as StepDecay
    from .training import WarmUp as WarmUp
    from .training import fit as fit


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return sorted([*_HOMES, *_layers()])
    if name in _HOMES:
        room = import_module(f".{_HOMES[name]}", __name__)
        value = room if name == _HOMES[name] else getattr(room, name)  # backlit.explain is both
    elif name[:1].isupper() and name in _layers():
        value = _layers()[name]
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__getattr__("__all__")})


def _layers() -> dict[str, Any]:
    """The kinds of layers by name; their room knows them, and nobody lists them a second time."""
    layers: dict[str, Any] = import_module(".layers", __name__).LAYERS
    return layers


def _in_notebook(name: str) -> Any:
    """A function of :mod:`backlit.web.notebook`, which is imported when it is first called."""
    return lambda thing: getattr(import_module(".web.notebook", __name__), name)(thing)


show_with(Display(bundle=_in_notebook("bundle"), shown=_in_notebook("shown")))
