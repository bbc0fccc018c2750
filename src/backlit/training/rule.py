"""By what one parameter is changed, with all that has to be known for its next step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .words import about_the_update

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .optimizers import Optimizer
    from .run import Run


@dataclass(frozen=True)
class Rule:
    """By what a weight or a bias is changed in training.

    Attributes:
        optimizer: with the learning rate of the step.
        memory: what the optimizer keeps for the whole parameter; None at its first step.
        clip: how long all gradients together may be.
        note: what else is to be said of it, see :mod:`backlit.training.words`.
    """

    optimizer: Optimizer
    memory: Mapping[str, Any] | None = None
    clip: float | None = None
    note: str = ""

    @classmethod
    def of_run(cls, run: Run, name: str, values: NDArray[Any]) -> Rule:
        """That of a training, for one of its parameters.

        Args:
            run: the training.
            name: of the parameter.
            values: of all its elements.
        """
        settings, memory = run.settings, run.memory(name, values)
        note = about_the_update(settings, kept=memory is not None)
        return cls(settings.optimizer, memory, settings.clip, note)
