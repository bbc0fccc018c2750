"""Data: pictures and labels from anywhere into arrays that a network trains on.

Names are loaded when they are first used, so that batches and splits need no more than NumPy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backlit.data.augmentation import Augmentation
    from backlit.data.batching import batches
    from backlit.data.dataset import Dataset
    from backlit.data.load import DATASETS, load_dataset
    from backlit.data.prediction import load_image
    from backlit.data.splitting import split

__all__ = [
    "DATASETS",
    "Augmentation",
    "Dataset",
    "batches",
    "load_dataset",
    "load_image",
    "split",
]

_HOMES = {
    "Augmentation": ".augmentation",
    "DATASETS": ".load",
    "Dataset": ".dataset",
    "batches": ".batching",
    "load_dataset": ".load",
    "load_image": ".prediction",
    "split": ".splitting",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
