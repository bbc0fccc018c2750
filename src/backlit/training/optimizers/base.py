"""What an optimizer is: the rule that turns the gradient of a weight into its change.

An optimizer is a frozen description, like a layer.  Its state, which it needs from step to step, is
kept apart from it as named arrays, so that it can be saved with a run.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backlit.errors import ConfigurationError

Array = NDArray[Any]
State = dict[str, Array]  # what an optimizer keeps for one parameter: "momentum" -> array


class Optimizer(ABC):
    """A rule W ← W + ΔW.

    In the equations of its subclasses W is the parameter, g its gradient dL/dW, η the learning
    rate, λ the weight decay.  As in PyTorch, weight decay applies to every parameter, biases and
    the scales and shifts of batch norms included.
    """

    # Whether each number's change depends on no other number, so that the rule may be applied to
    # all parameters of a network as one row.
    elementwise: ClassVar[bool] = False

    learning_rate: float

    def update(
        self,
        value: ArrayLike,
        gradient: ArrayLike,
        state: Mapping[str, Array] | None = None,
        learning_rate: float | None = None,
    ) -> tuple[Array, State]:
        """What becomes of one parameter: its change ΔW, and the state for the next update.

        Nothing is changed in place.

        Args:
            value: the parameter, any shape.
            gradient: dL/d of it, the same shape.
            state: what the last update returned; at the first one, nothing.
            learning_rate: η of this step, where a schedule has changed it.

        Raises:
            ConfigurationError: the two shapes differ, or the state is not one of this rule's.
        """
        value, gradient = np.asarray(value), np.asarray(gradient)
        if value.shape != gradient.shape:
            raise ConfigurationError(
                f"the gradient of a parameter of shape {value.shape} has shape {gradient.shape}"
            )
        rate = self.learning_rate if learning_rate is None else learning_rate
        return self._rule(value, gradient, self._checked_state(state, value), float(rate))

    def _checked_state(self, state: Mapping[str, Array] | None, value: Array) -> State:
        """The state that was given, complete and of the right shapes, or that of the first step."""
        start = self.initial_state(value)
        if not state:
            return start
        kind = type(self).__name__
        if not isinstance(state, Mapping) or state.keys() != start.keys():
            came = ", ".join(map(str, state)) if isinstance(state, Mapping) else repr(state)
            wanted = ", ".join(start) or "no state"
            raise ConfigurationError(f"{kind} keeps {wanted} for a parameter, got {came}")
        arrays = {name: np.asarray(array) for name, array in state.items()}
        for name, array in arrays.items():
            if array.shape != start[name].shape or array.dtype.kind not in "fiu":
                raise ConfigurationError(
                    f"{kind}: {name} must be numbers of shape {start[name].shape}, got "
                    f"{array.dtype} of shape {array.shape}"
                )
        return arrays

    @property
    @abstractmethod
    def state_names(self) -> tuple[str, ...]:
        """The arrays that are kept for each parameter; none if its rule needs none."""

    def initial_state(self, value: Array) -> State:
        """The state before the first update of a parameter: zeros of its shape."""
        return {name: np.zeros_like(value) for name in self.state_names}

    @abstractmethod
    def _rule(
        self, value: Array, gradient: Array, state: State, rate: float
    ) -> tuple[Array, State]:
        """The equations; ``state`` is complete."""

    def to_config(self) -> dict[str, Any]:
        """The optimizer as a dictionary that JSON can hold."""
        options: dict[str, Any] = asdict(self) if is_dataclass(self) else {}
        return {"optimizer": type(self).__name__, **options}
