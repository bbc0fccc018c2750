"""Data: pictures and labels from anywhere into arrays that a network trains on.

Names are loaded when they are first used, so that batches and splits need no more than NumPy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .augmentation import Augmentation as Augmentation
    from .batching import batches as batches
    from .dataset import Dataset as Dataset
    from .load import DATASETS as DATASETS
    from .load import load_dataset as load_dataset
    from .prediction import load_image as load_image
    from .splitting import split as split

_HOMES = {
    "DATASETS": ".load",
    "Augmentation": ".augmentation",
    "Dataset": ".dataset",
    "batches": ".batching",
    "load_dataset": ".load",
    "load_image": ".prediction",
    "split": ".splitting",
}
__all__ = [*_HOMES]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
