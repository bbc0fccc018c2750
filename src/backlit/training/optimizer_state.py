"""What an optimizer keeps for the parameters of a network, and the change it makes of a gradient.

Where the rule is element by element, it is applied to the row of all parameters at once: by the
engine, if it can do that in the same go as the gradients, else by NumPy.  Any other rule is applied
to one parameter after the other.  Nothing is changed in place before a change is taken, so a step
that fails leaves no trace.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np

from backlit.equations.update_equations import T
from backlit.network.engine import ParameterUpdate
from backlit.network.flat import FlatArrays, aligned_zeros, flat_copy, not_finite

from .clipping import clip_gradients
from .optimizers.base import STEP, Array, Optimizer


class Change(NamedTuple):
    """The row of parameters and the optimizer's state after a step, good until the next is made."""

    parameters: Array
    state: dict[str, Array]


class OptimizerState:
    """The state of an optimizer.

    Args:
        optimizer: whose rule it is.
        parameters: of the network.

    Attributes:
        equations: the rule, if an engine may carry it out; None if only the optimizer can.
    """

    def __init__(self, optimizer: Optimizer, parameters: FlatArrays) -> None:
        self._optimizer, self._parameters = optimizer, parameters
        # Without weights there is nothing that an engine could carry out.
        stated = optimizer.is_stated and parameters.flat.size > 0
        self.equations = optimizer.equations if stated else None
        self._next_parameters = parameters.flat[:0]
        self._spare: list[dict[str, Array]] = []  # two, of which one is the state after a step
        self._in_a_row = optimizer.elementwise or self.equations is not None
        if self._in_a_row:  # "momentum" -> row
            self._state = optimizer.initial_state(parameters.flat)
        else:  # "conv1.weight.momentum" -> array
            self._state = {
                f"{name}.{key}": array
                for name, value in parameters.items()
                for key, array in optimizer.initial_state(value).items()
            }

    def arrays(self) -> dict[str, Array]:
        """By name of the parameter: "conv1.weight.momentum" -> array, good until the next step."""
        return self._named(self._state)

    def load(self, arrays: Mapping[str, Array]) -> None:
        """Take over the numbers of arrays like :meth:`arrays`."""
        if not self._in_a_row:
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

    def for_engine(self, learning_rate: float, clip: float | None = None) -> ParameterUpdate | None:
        """The next step as an engine can carry it out; None if only the optimizer can.

        Args:
            learning_rate: η of the step.
            clip: the largest norm of all gradients together; None for any.
        """
        if self.equations is None:
            return None
        new_parameters, new_state = self._room()
        return ParameterUpdate(
            equations=self.equations,
            values=self._optimizer.values(self._state, learning_rate),
            state=self._state,
            new_parameters=new_parameters,
            new_state=new_state,
            clip=None if clip is None else partial(clip_gradients, limit=clip),
        )

    def written(self, update: ParameterUpdate) -> Change:
        """The change that an engine has made of an update."""
        counted = {STEP: np.array(update.values[T], np.int64)} if T in update.values else {}
        return Change(update.new_parameters, {**update.new_state, **counted})

    def change(
        self, gradients: Mapping[str, Array], learning_rate: float, clip: float | None = None
    ) -> Change:
        """What a step with these gradients makes of the parameters and of the state, by NumPy.

        Args:
            gradients: of all parameters; shortened in place where they are clipped.
            learning_rate: η of the step.
            clip: as in :meth:`for_engine`.
        """
        if clip is not None:
            clip_gradients(gradients, clip)
        parameters, optimizer = self._parameters, self._optimizer
        if self._in_a_row:
            row = self._row(gradients)
            delta, state = optimizer.update(parameters.flat, row, self._state, learning_rate)
            return Change(parameters.flat + delta, state)
        new, state = parameters.empty_copy(), {}
        for name, value in parameters.items():
            own = {key: self._state[f"{name}.{key}"] for key in optimizer.state_names}
            delta, own = optimizer.update(value, gradients[name], own, learning_rate)
            new[name][...] = value + delta
            state |= {f"{name}.{key}": array for key, array in own.items()}
        return Change(new.flat, state)

    def without(self, change: Change, frozen: Collection[str]) -> Change:
        """A change in which some parameters, and what is kept for them, stay as they are.

        A count of steps that all parameters share goes on.

        Args:
            change: which is overwritten.
            frozen: the names of these parameters.
        """
        for name, part in self._parameters.split(change.parameters).items():
            if name in frozen:
                part[...] = self._parameters[name]
        before, state = self._named(self._state), dict(change.state)
        for key, array in self._named(state).items():
            if key.rpartition(".")[0] not in frozen:
                continue
            if not self._in_a_row:
                state[key] = before[key]
            elif array.ndim:
                array[...] = before[key]
        return Change(change.parameters, state)

    def take(self, change: Change) -> None:
        """The state of a change becomes the state."""
        self._state = change.state

    def not_finite(self, change: Change) -> str | None:
        """The name of an array of a change that holds a NaN or an infinity; None if none does."""
        # What fills the row up between two parameters may be anything, and is in no named array.
        named = {**self._parameters.split(change.parameters), **self._named(change.state)}
        return not_finite(named)

    def _room(self) -> tuple[Array, dict[str, Array]]:
        """Where an engine writes the next parameters and the next state: not where these are."""
        rows = [key for key, row in self._state.items() if row.ndim]
        flat = self._parameters.flat
        if not self._spare:
            self._next_parameters = aligned_zeros(flat.size, flat.dtype)
            self._spare = [
                {key: aligned_zeros(flat.size, flat.dtype) for key in rows} for _ in range(2)
            ]
        first, second = self._spare
        taken = any(first[key] is self._state[key] for key in rows)
        return self._next_parameters, second if taken else first

    def _named(self, state: Mapping[str, Array]) -> dict[str, Array]:
        if not self._in_a_row:
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
