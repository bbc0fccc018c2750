"""Sentences about one update: which way the weight moves, why, and what was remembered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .words import listing
from .words import number as n

if TYPE_CHECKING:
    from .update import Update

_CARRIED = {"v": "the velocity of the earlier steps", "m": "the average of the earlier gradients"}


def movement_words(update: Update) -> str:
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


def memory_words(update: Update) -> str:
    """What the optimizer knows of the steps before; "" if its rule needs nothing of them."""
    kind = update.optimizer["optimizer"]
    if update.memory == "none":
        return ""
    if update.memory == "first":
        return (
            f"It is worked out as the first step of {kind}, which has no earlier gradients in its "
            "memory yet."
        )
    values = listing([f"{letter} was {n(value)}" for letter, value in update.remembered.items()])
    before = f": until now {values}" if values else ""
    return f"{kind} also remembers the gradients of the steps before{before}."
