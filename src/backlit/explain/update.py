"""What an optimizer makes of one gradient: the new value of one weight, every number shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.errors import ConfigurationError
from backlit.system.numbers import is_positive

from .address import Address
from .jsonable import json_number
from .update_rules import Clip, Line, Step, remembered, rule_letters, rule_lines
from .update_words import memory_words, movement_words

if TYPE_CHECKING:
    from backlit.training.optimizers import Optimizer
    from backlit.training.update_rule import UpdateRule


@dataclass(frozen=True)
class Update:
    """One step of one weight.

    Attributes:
        address: the weight.
        old: its value before.
        gradient: dL/d of it, computed with the old values of *all* weights.
        change: what the optimizer adds.
        new: ``old + change``.
        optimizer: the optimizer's kind and options.
        lines: the optimizer's rule, line by line: as an equation, and with its numbers.
        memory: where what the optimizer keeps from step to step came from: "none" (it keeps
            nothing), "first" (this is taken for its first step) or "given".
        remembered: what it kept of the steps before, by the letters of its rule: {"v": −0.04}.
        note: what else is to be said of the rule, such as that the training used another.
    """

    address: Address
    old: float
    gradient: float
    change: float
    new: float
    optimizer: dict[str, Any]
    lines: tuple[Line, ...]
    memory: str = "none"
    remembered: Mapping[str, float] = field(default_factory=dict)
    note: str = ""

    @property
    def sentence(self) -> str:
        """What it means, in words."""
        return " ".join(filter(None, (movement_words(self), memory_words(self), self.note)))

    @property
    def letters(self) -> tuple[str, ...]:
        """What the letters of the rule mean, each in a few words."""
        return rule_letters(self.lines)

    def to_dict(self) -> dict[str, Any]:
        """For JSON: the fields and ``sentence``."""
        numbers = ("old", "gradient", "change", "new")
        return {
            "address": str(self.address),
            **{name: json_number(getattr(self, name)) for name in numbers},
            "optimizer": self.optimizer,
            "lines": [line.to_dict() for line in self.lines],
            "memory": self.memory,
            "sentence": self.sentence,
        }


def make_update(
    address: Address,
    value: float,
    gradient: float,
    optimizer: Optimizer,
    state: Mapping[str, Any] | None,
    letter: str,
    note: str = "",
    clip: Clip | None = None,
) -> Update:
    """One step of ``optimizer`` for one weight.

    Args:
        address: the weight.
        value: its value.
        gradient: its gradient.
        optimizer: any optimizer of backlit.
        state: what the optimizer keeps for the whole parameter (see ``Optimizer.update``); None
            for its first step.
        letter: what the weight is called in its equation: "W", "b", "γ" or "β".
        note: a whole sentence to be said with it.
        clip: shortens the gradients before the optimizer sees them.
    """
    seen = gradient if clip is None else clip.apply(gradient)
    old, slope = np.float64(value), np.float64(seen)
    own = None if state is None else _elements(state, address)
    before = optimizer.initial_state(np.asarray(old)) if own is None else own
    change, after = optimizer.update(old, slope, own)
    step = Step(optimizer, value, seen, before, after, float(change))
    lines = (*(() if clip is None else clip.lines(gradient)), *rule_lines(step))
    return Update(
        address=address,
        old=value,
        gradient=gradient,
        change=step.change,
        new=step.new,
        optimizer=optimizer.to_config(),
        lines=tuple(line.with_letter(letter) for line in lines),
        memory="none" if not optimizer.state_names else "first" if own is None else "given",
        remembered=remembered(step),
        note=note,
    )


def update_rule(
    own: UpdateRule | None,
    optimizer: Optimizer | UpdateRule | None,
    learning_rate: float | None,
    state: Mapping[str, Any] | None,
    note: str,
    clip: float | None,
) -> UpdateRule:
    """The rule that was asked for: a whole one, one made of the given parts, or ``own``.

    Args:
        own: the rule by which the parameter is trained; None if that is not known.
        optimizer: an optimizer, or a whole rule, beside which the other parts say nothing.
        learning_rate: η of plain SGD, if no optimizer is given; 0.05 if nothing is.
        state: see :class:`~backlit.training.update_rule.UpdateRule`, as for the other parts.
        note: a sentence.
        clip: a norm.

    Raises:
        ConfigurationError: no optimizer, or a learning rate or clip that is not positive.
    """
    from backlit.training.optimizers import SGD
    from backlit.training.update_rule import UpdateRule

    if isinstance(optimizer, UpdateRule):
        rule = optimizer
    elif own and optimizer is None and learning_rate is None and state is None and clip is None:
        rule = replace(own, note=note or own.note)
    else:
        if optimizer is None:
            optimizer = SGD(0.05 if learning_rate is None else learning_rate)
        rule = UpdateRule(optimizer, state, clip, note)
    check_optimizer(rule.optimizer)
    check_clip(rule.clip)
    return rule


def check_optimizer(optimizer: object) -> None:
    """Make sure that it is one.

    Raises:
        ConfigurationError: it is not.
    """
    from backlit.training.optimizers import Optimizer

    if not isinstance(optimizer, Optimizer):
        raise ConfigurationError(
            f"the optimizer must be one, such as backlit.SGD(0.05), got {optimizer!r}"
        )


def check_clip(clip: float | None) -> None:
    """Make sure that it is a positive number, or None.

    Raises:
        ConfigurationError: it is not.
    """
    if clip is not None and not is_positive(clip):
        raise ConfigurationError(f"clip must be a positive number or None, got {clip!r}")


def _elements(state: object, address: Address) -> dict[str, Any]:
    if not isinstance(state, Mapping):
        raise ConfigurationError(f"the state must be a dictionary of arrays, got {state!r}")
    try:
        return {str(name): _element(array, address.index) for name, array in state.items()}
    except (IndexError, ValueError):
        shapes = ", ".join(f"{name} {np.shape(array)}" for name, array in state.items())
        raise ConfigurationError(
            f"the state has no element {list(address.index)} of {address.name}: {shapes}"
        ) from None


def _element(array: Any, index: tuple[int, ...]) -> Any:
    """An element's part of the state; what has no such axes (a step count) belongs to all."""
    array = np.asarray(array)
    return array[index] if array.ndim == len(index) else array
