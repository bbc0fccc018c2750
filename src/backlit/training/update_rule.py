"""The rule by which one parameter is updated, with all that has to be known for a step."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .optimizers import Optimizer


@dataclass(frozen=True)
class UpdateRule:
    """The rule by which a weight or a bias is updated in a step of training.

    Attributes:
        optimizer: the optimizer, with the learning rate that is shown; where a schedule changes
            it, ``note`` says so.
        state: what the optimizer keeps for the whole parameter, such as ``{"momentum": …}``; None
            at its first step.
        clip: the largest norm that the gradients of all parameters together may have; None for any.
        note: a whole sentence to be said with an update, such as that the training used another
            rule.
        frozen: layers that the step leaves as they are; where gradients are clipped, theirs do not
            count.
    """

    optimizer: Optimizer
    state: Mapping[str, Any] | None = None
    clip: float | None = None
    note: str = ""
    frozen: Collection[str] = ()
