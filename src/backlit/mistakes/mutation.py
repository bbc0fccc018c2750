"""A change that makes a right equation wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ALL = ("output", "weight", "bias", "input")
GRADIENTS = ("weight", "bias", "input")


@dataclass(frozen=True)
class Mutation:
    """One way to make a mistake.

    Attributes:
        mistake: its name.
        change: from the right line to the wrong one; None where there is nothing to get wrong.
        results: in which results it is made.
        words: which of several ways this is, for readers; "" for the plain one.
    """

    mistake: str
    change: Callable[[Any], Any]
    results: tuple[str, ...] = ALL
    words: str = ""
