"""Optimizers' rules as kernels: the same equations, several times faster on float32.

The rules in :mod:`.optimizers` are the readable ones, and apply wherever there is no kernel: to
float64, and to rules of other people's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.network.flat import aligned_zeros

from .optimizers import SGD, Adam, AdamW, Optimizer, RMSprop
from .optimizers.base import Array, State

if TYPE_CHECKING:
    from backlit.engines.fast.updating import Updater

_FLOAT32 = np.dtype(np.float32)


@dataclass(frozen=True)
class _Rule:
    """How an optimizer is done by a kernel.

    Attributes:
        writer: of the kernel, in ``backlit.engines.fast.kernels.optimizers``.
        options: the kernel's constants.
        numbers: the kernel's numbers for a learning rate and the number of this step, from 1.
    """

    writer: str
    options: dict[str, bool]
    numbers: Callable[[float, int], list[float]]


def _sgd(rule: SGD) -> _Rule:
    momentum, decay = bool(rule.momentum), bool(rule.weight_decay)
    options = {"momentum": momentum, "nesterov": rule.nesterov, "decay": decay}
    return _Rule("sgd", options, lambda rate, t: [rate, rule.weight_decay, rule.momentum])


def _adam(rule: Adam) -> _Rule:
    options = {"decay": bool(rule.weight_decay), "decoupled": isinstance(rule, AdamW)}

    def numbers(rate: float, t: int) -> list[float]:
        averages = [rule.beta1, 1 - rule.beta1, rule.beta2, 1 - rule.beta2, rule.eps]
        step, widen = rate / (1 - rule.beta1**t), (1 - rule.beta2**t) ** -0.5
        return [rate, rule.weight_decay, *averages, step, widen]

    return _Rule("adam", options, numbers)


def _rmsprop(rule: RMSprop) -> _Rule:
    momentum, decay = bool(rule.momentum), bool(rule.weight_decay)
    options = {"decay": decay, "centered": rule.centered, "momentum": momentum}
    rest = [rule.weight_decay, rule.alpha, 1 - rule.alpha, rule.eps, rule.momentum]
    return _Rule("rmsprop", options, lambda rate, t: [rate, *rest])


_RULES: dict[type[Optimizer], Callable[[Any], _Rule]] = {
    SGD: _sgd,
    Adam: _adam,
    AdamW: _adam,
    RMSprop: _rmsprop,
}


class CompiledRule:
    """An optimizer's rule for the row of all parameters of a network.

    Args:
        optimizer: whose rule it is; see :func:`can_compile`.
        size: numbers in the row.
    """

    def __init__(self, optimizer: Optimizer, size: int) -> None:
        self._rule = _RULES[type(optimizer)](optimizer)
        self._weights = aligned_zeros(size, _FLOAT32)
        self._next: State | None = None
        self._updater: Updater | None = None

    def prepare(self, state: State) -> Updater:
        """Compile the kernel, if that is not done."""
        if self._updater is None:
            from backlit.engines.fast.updating import Updater

            rule, count = self._rule, len(self._rule.numbers(1.0, 1))
            size, states = self._weights.size, len(_rows(state))
            self._updater = Updater(rule.writer, rule.options, size, states, count)
        return self._updater

    def __call__(
        self, weights: Array, gradients: Array, state: State, rate: float
    ) -> tuple[Array, State, bool]:
        """New weights, the state after the step, and whether all of it is finite.

        Both lie in memory that the next call uses again if they are not taken; the state that is
        given then takes the place of the one that is returned.
        """
        updater, rows = self.prepare(state), _rows(state)
        new = self._room(rows)
        t = int(state["step"]) + 1 if "step" in state else 0
        numbers = self._rule.numbers(rate, t)
        pairs = [(row, new[key]) for key, row in rows.items()]
        finite = updater(weights, gradients, self._weights, numbers, pairs)
        return self._weights, {**new, **({"step": np.array(t, np.int64)} if t else {})}, finite

    def _room(self, rows: State) -> State:
        """Where the next state is written to: not where this one is."""
        if self._next is None:
            self._next = {key: aligned_zeros(row.size, _FLOAT32) for key, row in rows.items()}
            self._other = {key: aligned_zeros(row.size, _FLOAT32) for key, row in rows.items()}
        taken = any(self._next[key] is row for key, row in rows.items())
        return self._other if taken else self._next


def _rows(state: State) -> State:
    """The state without single numbers."""
    return {key: row for key, row in state.items() if row.ndim}


def can_compile(optimizer: Optimizer, row: Array) -> bool:
    """Whether there is a kernel for an optimizer and the row of a network's parameters."""
    return type(optimizer) in _RULES and row.dtype == np.float32
