"""What an optimizer keeps for the parameters of a network, and the change it makes of a gradient.

Where the rule is element by element, it is applied to the row of all parameters at once, by a
kernel where there is one (:mod:`.compiled`); else to one parameter after the other.  Nothing is
changed in place before a change is taken, so a step that fails leaves no trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from backlit.network.flat import FlatArrays, flat_copy

from .compiled import CompiledRule, can_compile
from .optimizers.base import Array, Optimizer


class Change(NamedTuple):
    """The row of parameters and the optimizer's state after a step, good until the next is made.

    ``finite``: whether all of it is known to be finite.
    """

    parameters: Array
    state: dict[str, Array]
    finite: bool = False


class OptimizerState:
    """The state of an optimizer.

    Args:
        optimizer: whose rule it is.
        parameters: of the network.
    """

    def __init__(self, optimizer: Optimizer, parameters: FlatArrays) -> None:
        self._optimizer, self._parameters = optimizer, parameters
        self._compiled: CompiledRule | None = None
        if can_compile(optimizer, parameters.flat):
            self._compiled = CompiledRule(optimizer, parameters.flat.size)
        if optimizer.elementwise:  # "momentum" -> row
            self._state = optimizer.initial_state(parameters.flat)
        else:  # "conv1.weight.momentum" -> array
            self._state = {
                f"{name}.{key}": array
                for name, value in parameters.items()
                for key, array in optimizer.initial_state(value).items()
            }

    def prepare(self) -> None:
        """Do now what takes long the first time."""
        if self._compiled:
            self._compiled.prepare(self._state)

    def arrays(self) -> dict[str, Array]:
        """By name of the parameter: "conv1.weight.momentum" -> array, good until the next step."""
        return self._named(self._state)

    def load(self, arrays: Mapping[str, Array]) -> None:
        """Take over the numbers of arrays like :meth:`arrays`."""
        if not self._optimizer.elementwise:
            self._state = dict(arrays)
            return
        state = self._optimizer.initial_state(self._parameters.flat)
        names = list(self._parameters)
        for key, row in state.items():
            own = {name: arrays[f"{name}.{key}"] for name in names}
            if row.ndim:
                for name, part in self._parameters.split(row).items():
                    part[...] = own[name]
            elif len({array.item() for array in own.values()}) > 1:
                raise ValueError(f"the parameters do not agree about {key}")
            elif names:
                row[...] = own[names[0]]
        self._state = state

    def change(self, gradients: Mapping[str, Array], learning_rate: float) -> Change:
        """What a step with these gradients makes of the parameters and of the state."""
        parameters, optimizer = self._parameters, self._optimizer
        if optimizer.elementwise:
            row = self._row(gradients)
            if self._compiled:
                return Change(*self._compiled(parameters.flat, row, self._state, learning_rate))
            delta, state = optimizer.update(parameters.flat, row, self._state, learning_rate)
            return Change(parameters.flat + delta, state)
        new, state = parameters.empty_copy(), {}
        for name, value in parameters.items():
            own = {key: self._state[f"{name}.{key}"] for key in optimizer.state_names}
            delta, own = optimizer.update(value, gradients[name], own, learning_rate)
            new[name][...] = value + delta
            state |= {f"{name}.{key}": array for key, array in own.items()}
        return Change(new.flat, state)

    def take(self, change: Change) -> None:
        """The state of a change becomes the state."""
        self._state = change.state

    def not_finite(self, change: Change) -> str | None:
        """The name of an array of a change that holds a NaN or an infinity; None if none does."""
        arrays = [change.parameters, *change.state.values()]
        if change.finite or all(np.isfinite(array).all() for array in arrays):
            return None
        named = {**self._parameters.split(change.parameters), **self._named(change.state)}
        return next(name for name, array in named.items() if not np.isfinite(array).all())

    def _named(self, state: Mapping[str, Array]) -> dict[str, Array]:
        if not self._optimizer.elementwise:
            return dict(state)
        rows = {
            key: self._parameters.split(row) if row.ndim else dict.fromkeys(self._parameters, row)
            for key, row in state.items()
        }
        return {f"{name}.{key}": rows[key][name] for name in self._parameters for key in rows}

    def _row(self, gradients: Mapping[str, Array]) -> Array:
        if isinstance(gradients, FlatArrays):
            return gradients.flat
        ordered = {name: gradients[name] for name in self._parameters}
        return flat_copy(ordered, self._parameters.flat.dtype).flat
