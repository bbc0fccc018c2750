"""The complete state of a training as named arrays and a JSON description, and back.

The description also says what the last bits of its numbers depend on, as ``"arithmetic"``.

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
from backlit.network import Network
from backlit.network.checks import checked_arrays
from backlit.system.numbers import is_finite, is_whole
from backlit.system.version import __version__

from .callbacks import named
from .history import History
from .optimizers.base import Array
from .training import Position, Training

_MOST = 2**63 - 1  # of whatever is counted; a count below can become a float, too


class State(NamedTuple):
    """What a file holds: arrays by name, and what JSON can hold."""

    arrays: dict[str, Array]
    description: dict[str, Any]

    @property
    def network_arrays(self) -> dict[str, Array]:
        """Those of the network: its parameters and its running statistics."""
        return {**_group("parameters", self.arrays), **_group("buffers", self.arrays)}


def capture(training: Training) -> State:
    """A copy of everything that the next step depends on."""
    net = training.net
    kept = {name: callback.state() for name, callback in named(training.callbacks).items()}
    arrays = {
        **_prefixed("parameters", net.parameters),
        **_prefixed("buffers", net.buffers),
        **_prefixed("optimizer", training.optimizer_state.arrays()),
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
        "arithmetic": arithmetic(net),
    }
    return State({name: array.copy() for name, array in arrays.items()}, description)


def arithmetic(net: Network) -> dict[str, Any]:
    """What the last bits of a network's numbers depend on, as far as it is known."""
    return {"backlit": __version__, **net.fingerprint()}


def restore(training: Training, state: State) -> None:
    """Bring a training where it was when its state was captured.

    Raises:
        RunError: the state does not fit the training's network or optimizer, or is incomplete.
    """
    try:
        _restore(training, state)
    except (BacklitError, KeyError, TypeError, ValueError, AttributeError) as problem:
        raise RunError(f"the saved state cannot be continued: {problem}") from None


def _restore(training: Training, state: State) -> None:
    arrays, description = state
    net = training.net
    optimizer_state = checked_arrays(_group("optimizer", arrays), training.optimizer_state.arrays())
    history = History.from_dict(description["history"])
    position = checked_position(description["position"])
    if position.batch > training.batches:
        raise ValueError(f"an epoch has {training.batches} batches, got batch {position.batch}")
    step = checked_count("training_step", description["training_step"])
    net.load_parameters(state.network_arrays)
    net.training_step = step
    training.position, training.history = position, history
    training.optimizer_state.load(optimizer_state)
    for name, callback in named(training.callbacks).items():
        kept = {**description["callbacks"].get(name, {}), **_group(f"callbacks.{name}", arrays)}
        if kept:
            callback.load_state(kept)


def checked_position(position: Mapping[str, Any]) -> Position:
    """The position of a description.

    Raises:
        KeyError: it lacks something.
        ValueError: it is not where a training can stand.
    """
    found = Position(*(position[each.name] for each in fields(Position)))
    for name in ("epoch", "batch", "images", "right"):
        checked_count(name, getattr(found, name))
    for name in ("loss", "seconds"):
        if not is_finite(getattr(found, name)):
            raise ValueError(f"{name} must be a number, got {getattr(found, name)!r}")
    return found


def checked_count(name: str, value: Any) -> int:
    """A whole number that something can be counted by.

    Raises:
        ValueError: anything else.
    """
    if not is_whole(value) or not 0 <= value <= _MOST:
        raise ValueError(f"{name} must be a whole number of at least 0, got {value!r}")
    return int(value)


def _prefixed(prefix: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    return {f"{prefix}.{name}": array for name, array in arrays.items()}


def _group(prefix: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    return {
        name.removeprefix(f"{prefix}."): array
        for name, array in arrays.items()
        if name.startswith(f"{prefix}.")
    }
