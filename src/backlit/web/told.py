"""What a page is told of a weight beyond its gradient: its real update, and the nudge.

The rules of the optimizers are Python, so a page does not work them out itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backlit.errors import AddressError
from backlit.explain import Explanation
from backlit.explain.nudge import too_small
from backlit.training.words import about_the_update

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from backlit.training import Run
    from backlit.training.optimizers import Optimizer

EPSILON = 1e-3  # of the nudge


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


def told(explanation: Explanation, rule: Rule | None) -> dict[str, Any]:
    """What the training makes of a weight or a bias, and what the loss does when it is nudged.

    Args:
        explanation: of the weight.
        rule: by which it was trained; None if that is not known.

    Raises:
        AddressError: it is neither a weight nor a bias.
    """
    if not explanation.address.is_parameter:
        raise AddressError(f"only weights and biases are updated, not {explanation.address}")
    why = too_small(explanation.value, EPSILON, explanation.dtype)
    return {
        "address": str(explanation.address),
        "update": None if rule is None else _update(explanation, rule),
        "nudge": {"sentence": why} if why else explanation.nudge(EPSILON).to_dict(),
    }


def _update(explanation: Explanation, rule: Rule) -> dict[str, Any]:
    update = explanation.update(rule.optimizer, state=rule.memory, note=rule.note, clip=rule.clip)
    return {**update.to_dict(), "letters": update.letters}
