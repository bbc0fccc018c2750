"""By what rule one parameter is updated, with all that has to be known for its next step."""

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
class UpdateRule:
    """The rule by which a weight or a bias is updated in a step of training.

    Attributes:
        optimizer: the optimizer, with the learning rate of the step.
        state: what the optimizer keeps for the whole parameter, such as ``{"momentum": …}``; None
            at its first step.
        clip: the largest norm that the gradients of all parameters together may have; None for any.
        note: a whole sentence to be said with an update, such as that the training used another
            rule; see :mod:`backlit.training.words`.
    """

    optimizer: Optimizer
    state: Mapping[str, Any] | None = None
    clip: float | None = None
    note: str = ""

    @classmethod
    def of_run(cls, run: Run, name: str, values: NDArray[Any]) -> UpdateRule:
        """The rule of a training for one of its parameters.

        Args:
            run: the training.
            name: the parameter's name, such as "conv1.weight".
            values: all its elements; the optimizer's state is used only if it belongs to them.
        """
        settings, state = run.settings, run.state_for(name, values)
        note = about_the_update(settings, kept=state is not None)
        return cls(settings.optimizer, state, settings.clip, note)
