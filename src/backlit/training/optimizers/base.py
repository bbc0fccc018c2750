"""What an optimizer is: the rule that turns the gradient of a weight into its change.

An optimizer is a frozen description, like a layer.  It states its rule once, as equations.  Its
state, which it needs from step to step, is kept apart from it as named arrays, so that it can be
saved with a run.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backlit.equations.expressions import Scalar
from backlit.equations.update_equations import (
    DW,
    ETA,
    T,
    UpdateEquations,
    W,
    evaluate,
)
from backlit.errors import ConfigurationError

Array = NDArray[Any]
State = dict[str, Array]  # what an optimizer keeps for one parameter: "momentum" -> array
STEP = "step"  # the entry of a state that counts the steps, for rules that use t
_FUNCTIONS = {"sqrt": np.sqrt, "max": np.maximum}


class Optimizer(ABC):
    """A rule W ← W + ΔW.

    In the equations of its subclasses W is the parameter, dW its gradient dL/dW, η the learning
    rate, λ the weight decay.  As in PyTorch, weight decay applies to every parameter, biases and
    the scales and shifts of batch norms included.

    An optimizer of your own states its :attr:`equations` and their :attr:`settings`; then all
    engines run it and explanations write it down.  Or it overrides :attr:`state_names` and
    :meth:`update`, with any code.
    """

    # Whether each number's change depends on no other number, also where it is code that says what
    # the change is, so that it may be applied to all parameters of a network as one row.
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
    def equations(self) -> UpdateEquations | None:
        """The rule, each number for itself; None if it cannot be stated like that."""
        return None

    @property
    def settings(self) -> dict[Scalar, float]:
        """The numbers that letters of the equations stand for, besides η and t."""
        return {}

    @property
    def is_stated(self) -> bool:
        """Whether the equations are the rule, and no code of a subclass takes their place."""
        own = type(self)._rule is Optimizer._rule and type(self).update is Optimizer.update
        return own and self.equations is not None

    @property
    def state_names(self) -> tuple[str, ...]:
        """The arrays that are kept for each parameter; none if the rule needs nothing kept."""
        rule = self.equations
        if rule is None:
            return ()
        return (*rule.kept.values(), *((STEP,) if T in rule.letters else ()))

    def initial_state(self, value: Array) -> State:
        """The state before the first update of a parameter: zeros of its shape.

        The number of steps, where a rule needs it, is a single number.
        """
        rule = self.equations
        counts = rule is not None and T in rule.letters
        state = {name: np.zeros_like(value) for name in self.state_names}
        return {**state, STEP: np.zeros((), np.int64)} if counts else state

    def values(self, state: Mapping[str, Array], rate: float) -> dict[Scalar, Any]:
        """The numbers of the equations' letters in the step after a state: η, t, the settings."""
        counted = {T: int(state[STEP]) + 1} if STEP in state else {}
        return {**self.settings, ETA: rate, **counted}

    def _rule(
        self, value: Array, gradient: Array, state: State, rate: float
    ) -> tuple[Array, State]:
        """The change and the new state by the equations; ``state`` is complete."""
        rule = self.equations
        if rule is None:
            raise ConfigurationError(f"{type(self).__name__} states no equations of its rule")
        values = {**self.values(state, rate), W: value, DW: gradient}
        values |= {letter: state[name] for letter, name in rule.kept.items()}
        fast, new = rule.scalars_first(), {}
        for each in fast.assignments:
            values[each.letter] = evaluate(each.expression, values, _FUNCTIONS)
            if each.kept:
                new[each.kept] = values[each.letter]
        if T in values:
            new[STEP] = np.array(values[T], np.int64)
        return -evaluate(fast.descent, values, _FUNCTIONS), new

    def to_config(self) -> dict[str, Any]:
        """The optimizer as a dictionary that JSON can hold."""
        options: dict[str, Any] = asdict(self) if is_dataclass(self) else {}
        return {"optimizer": type(self).__name__, **options}
