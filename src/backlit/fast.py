"""The operations of a convolutional network on NumPy arrays in float32, by compiled kernels.

They have the names and the arguments of those in :mod:`backlit.pure`.  How they are made is the
matter of :mod:`backlit.engines.fast`.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

# What these files export is found here; they are imported when it is first used.
_FILES = ("activations", "convolution", "dense", "loss", "normalization", "pooling")

if TYPE_CHECKING:
    from .engines.fast.operations.activations import *
    from .engines.fast.operations.convolution import *
    from .engines.fast.operations.dense import *
    from .engines.fast.operations.loss import *
    from .engines.fast.operations.normalization import *
    from .engines.fast.operations.pooling import *


def _files() -> list[ModuleType]:
    return [import_module(f".engines.fast.operations.{each}", __package__) for each in _FILES]


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return sorted(each for file in _files() for each in file.__all__)
    if name.endswith(("_forward", "_backward")):
        for file in _files():
            if name in file.__all__:
                function = globals()[name] = getattr(file, name)
                return function
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__getattr__("__all__")})
