"""What an optimizer makes of one gradient: the new value of one weight, every number shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.errors import AddressError, ConfigurationError
from backlit.system.numbers import is_positive
from backlit.system.words import listing

from .address import Address
from .recorded import RecordedPass
from .update_lines import CLIP_LETTERS, Clip, Line, remembered, rule_letters, rule_lines
from .words import json_number
from .words import number as n

if TYPE_CHECKING:
    from backlit.training.optimizers import Optimizer
    from backlit.training.update_rule import UpdateRule


@dataclass(frozen=True)
class Update:
    """What one step of training makes of one weight or bias.

    Attributes:
        address: the weight or bias.
        old: its value before the step.
        gradient: dL/d of it, computed with the old values of *all* weights.
        change: what the optimizer adds to it.
        new: its value after the step, ``old + change``.
        optimizer: the optimizer's kind and options.
        lines: the optimizer's rule, line by line: as an equation, and with its numbers.
        memory: where the optimizer's state came from: "none" (it keeps none), "first" (this is
            taken for its first step) or "given".
        remembered: what it kept of the steps before, by the letters of its rule: {"v": −0.04}.
        note: what else is to be said of the rule, such as that the training used another.
        letters: what each letter of the lines means: "η is the learning rate: …".
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
    letters: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Which way the weight moves and why, in words."""
        return " ".join(filter(None, (_movement_words(self), _state_words(self), self.note)))

    def to_dict(self) -> dict[str, Any]:
        """For JSON: the fields up to ``memory``, and ``sentence``."""
        numbers = ("old", "gradient", "change", "new")
        return {
            "address": str(self.address),
            **{name: json_number(getattr(self, name)) for name in numbers},
            "optimizer": self.optimizer,
            "lines": [line.to_dict() for line in self.lines],
            "memory": self.memory,
            "sentence": self.sentence,
        }


def make_update(recorded: RecordedPass, address: Address, rule: UpdateRule) -> Update:
    """One step of one weight or bias by a rule.

    Args:
        recorded: the pass that its gradient is from.
        address: which weight or bias.
        rule: its optimizer, the optimizer's state for the whole parameter, and more.

    Raises:
        AddressError: the number is no weight and no bias.
        ConfigurationError: a state that is not the optimizer's.
    """
    check_parameter(address)
    value, gradient = recorded.value(address), recorded.gradient(address)
    assert gradient is not None  # only probabilities have none
    optimizer = rule.optimizer
    letter = recorded.graph[address.owner].layer.letters[address.quantity]
    clip = None if rule.clip is None else Clip(rule.clip, recorded.gradient_norm(rule.frozen))
    seen = gradient if clip is None else clip.apply(gradient)
    old, slope = np.float64(value), np.float64(seen)
    own = None if rule.state is None else _elements(rule.state, address)
    before = optimizer.initial_state(np.asarray(old)) if own is None else own
    change = float(optimizer.update(old, slope, own)[0])
    clipping = () if clip is None else clip.lines(gradient)
    lines = (*clipping, *rule_lines(optimizer, value, seen, before, change))
    return Update(
        address=address,
        old=value,
        gradient=gradient,
        change=change,
        new=value + change,
        optimizer=optimizer.to_config(),
        lines=tuple(line.with_letter(letter) for line in lines),
        memory="none" if not optimizer.state_names else "first" if own is None else "given",
        remembered=remembered(optimizer, before),
        note=rule.note,
        letters=(*rule_letters(optimizer), *(CLIP_LETTERS if clipping else ())),
    )


def check_parameter(address: Address) -> None:
    """Make sure that an address is that of a weight or a bias.

    Raises:
        AddressError: it is not.
    """
    if not address.is_parameter:
        raise AddressError(f"only weights and biases are updated, and {address} is neither")


def chosen_rule(
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
        state: what the optimizer keeps for the whole parameter; None at its first step.
        note: a whole sentence to be said with the update.
        clip: the largest norm that the gradients of all parameters together may have.

    Raises:
        ConfigurationError: no optimizer, or a learning rate or clip that is not positive.
    """
    from backlit.training.optimizers import SGD
    from backlit.training.settings import DEFAULT_OPTIMIZER
    from backlit.training.update_rule import UpdateRule

    if isinstance(optimizer, UpdateRule):
        rule = optimizer
    elif own and optimizer is None and learning_rate is None and state is None and clip is None:
        rule = replace(own, note=note or own.note)
    else:
        if optimizer is None:
            standard = DEFAULT_OPTIMIZER.learning_rate
            optimizer = SGD(standard if learning_rate is None else learning_rate)
        rule = UpdateRule(optimizer, state, clip, note)
    check_optimizer(rule.optimizer)
    check_clip(rule.clip)
    return rule


def check_optimizer(optimizer: object) -> None:
    """Make sure that something is an optimizer.

    Raises:
        ConfigurationError: it is none.
    """
    from backlit.training.optimizers import Optimizer

    if not isinstance(optimizer, Optimizer):
        raise ConfigurationError(
            f"the optimizer must be one, such as backlit.SGD(0.05), got {optimizer!r}"
        )


def check_clip(clip: float | None) -> None:
    """Make sure that the limit of gradient clipping is a positive number, or None.

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


_CARRIED = {"v": "the velocity of the earlier steps", "m": "the average of the earlier gradients"}


def _movement_words(update: Update) -> str:
    """Which way the weight moves; against its gradient, or why not."""
    what = f"The {update.address.quantity}"
    if update.change == 0:
        return f"{what} stays as it is."
    way, other = ("grows", "fall") if update.change > 0 else ("falls", "grow")
    if _opposite(update.gradient, update.change):
        return f"{what} {way}: it moves against its gradient, so that the loss falls."
    # The change is minus a sum of the gradient and the pulls, each times something positive.
    movers = [words for words, pull in _pulls(update) if _opposite(pull, update.change)]
    if not movers:
        return f"{what} {way}, by the optimizer's rule."
    s = "s" if len(movers) == 1 else ""
    if update.gradient == 0:
        return f"{what} {way} although its gradient is 0: {listing(movers)} move{s} it."
    return (
        f"{what} {way} although its gradient says that it should {other}: {listing(movers)} "
        f"outweigh{s} this gradient."
    )


def _pulls(update: Update) -> Iterator[tuple[str, float]]:
    """What is added to the gradient."""
    for letter, value in update.remembered.items():
        if letter in _CARRIED:
            yield _CARRIED[letter], value
    yield "the weight decay", update.optimizer.get("weight_decay", 0.0) * update.old


def _opposite(a: float, b: float) -> bool:
    return a < 0 < b or b < 0 < a


def _state_words(update: Update) -> str:
    """What the optimizer knows of the steps before; "" if its rule needs nothing of them."""
    kind = update.optimizer["optimizer"]
    if update.memory == "none":
        return ""
    if update.memory == "first":
        return (
            f"It is worked out as the first step of {kind}, which knows of no earlier gradients "
            "yet."
        )
    values = listing([f"{letter} was {n(value)}" for letter, value in update.remembered.items()])
    before = f": until now {values}" if values else ""
    return f"{kind} also remembers the gradients of the steps before{before}."
