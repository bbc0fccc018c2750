"""The complete state of a training as named arrays and a JSON description, and back.

parameters.conv1.weight              the network as it is trained
buffers.batchnorm1.running_mean
optimizer.conv1.weight.momentum      what the optimizer keeps
callbacks.EarlyStopping.conv1.weight what callbacks keep
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, NamedTuple

import numpy as np

from backlit.errors import BacklitError, RunError
from backlit.network.checks import checked_arrays

from .callbacks import named
from .history import History
from .optimizers.base import Array
from .training import Position, Training


class State(NamedTuple):
    """What a file holds: arrays by name, and what JSON can hold."""

    arrays: dict[str, Array]
    description: dict[str, Any]


def capture(training: Training) -> State:
    """A copy of everything that the next step depends on."""
    net = training.net
    kept = {name: callback.state() for name, callback in named(training.callbacks).items()}
    arrays = {
        **_prefixed("parameters", net.parameters),
        **_prefixed("buffers", net.buffers),
        **_prefixed("optimizer", training.memory.arrays()),
    }
    values: dict[str, dict[str, Any]] = {}
    for name, state in kept.items():
        is_array = {key: isinstance(value, np.ndarray) for key, value in state.items()}
        arrays |= _prefixed(f"callbacks.{name}", {k: v for k, v in state.items() if is_array[k]})
        values[name] = {key: value for key, value in state.items() if not is_array[key]}
    description = {
        "training_step": net.training_step,
        "position": asdict(training.position),
        "history": training.history.to_dict(),
        "callbacks": values,
    }
    return State({name: array.copy() for name, array in arrays.items()}, description)


def restore(training: Training, state: State) -> None:
    """Bring a training where it was when its state was captured.

    Raises:
        RunError: the state does not fit the training's network or optimizer, or is incomplete.
    """
    try:
        _restore(training, state)
    except (BacklitError, KeyError, TypeError, ValueError) as problem:
        raise RunError(f"the saved state cannot be continued: {problem}") from None


def _restore(training: Training, state: State) -> None:
    arrays, description = state
    net = training.net
    memory = checked_arrays(_group("optimizer", arrays), training.memory.arrays())
    history = History.from_dict(description["history"])
    position = Position(*(description["position"][each.name] for each in fields(Position)))
    net.load_parameters({**_group("parameters", arrays), **_group("buffers", arrays)})
    net.training_step = int(description["training_step"])
    training.position, training.history = position, history
    training.memory.load(memory)
    for name, callback in named(training.callbacks).items():
        kept = {**description["callbacks"].get(name, {}), **_group(f"callbacks.{name}", arrays)}
        if kept:
            callback.load_state(kept)


def _prefixed(prefix: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    return {f"{prefix}.{name}": array for name, array in arrays.items()}


def _group(prefix: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    return {
        name.removeprefix(f"{prefix}."): array
        for name, array in arrays.items()
        if name.startswith(f"{prefix}.")
    }
