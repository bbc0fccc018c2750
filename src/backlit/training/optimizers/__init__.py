"""The optimizers, one file for each family."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backlit.errors import ConfigurationError

from .adam import Adam, AdamW
from .base import Optimizer, State
from .rmsprop import RMSprop
from .sgd import SGD

OPTIMIZERS: dict[str, type[Optimizer]] = {
    optimizer.__name__: optimizer for optimizer in (SGD, Adam, AdamW, RMSprop)
}


def optimizer_from_config(config: Mapping[str, Any]) -> Optimizer:
    """The optimizer that :meth:`Optimizer.to_config` described.

    Raises:
        ConfigurationError: an unknown optimizer, or options that it does not have.
    """
    options = dict(config)
    kind = options.pop("optimizer", None)
    if kind not in OPTIMIZERS:
        raise ConfigurationError(f"unknown optimizer {kind!r}; there are {', '.join(OPTIMIZERS)}")
    try:
        return OPTIMIZERS[kind](**options)
    except TypeError as problem:
        raise ConfigurationError(f"{kind}: {problem}") from None


__all__ = [
    "OPTIMIZERS",
    "SGD",
    "Adam",
    "AdamW",
    "Optimizer",
    "RMSprop",
    "State",
    "optimizer_from_config",
]
