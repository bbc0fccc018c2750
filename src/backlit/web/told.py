"""What a page is told of a weight beyond its gradient: its real update, and the nudge.

The rules of the optimizers are Python, so a page does not work them out itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from backlit.explain import Explanation

if TYPE_CHECKING:
    from backlit.training.optimizers import Optimizer

EPSILON = 1e-3  # of the nudge


def told(
    explanation: Explanation,
    optimizer: Optimizer | None,
    memory: Mapping[str, Any] | None,
    note: str = "",
) -> dict[str, Any]:
    """What the training makes of a weight or a bias, and what the loss does when it is nudged.

    Args:
        explanation: of the weight.
        optimizer: that trains it; None if that is not known.
        memory: what the optimizer keeps for the whole parameter; None at its first step.
        note: what else is to be said of the rule, see :mod:`backlit.training.words`.

    Raises:
        AddressError: it is neither a weight nor a bias.
    """
    update = explanation.update(optimizer, state=memory, note=note)
    return {
        "address": str(explanation.address),
        "update": {**update.to_dict(), "letters": update.letters} if optimizer else None,
        "nudge": explanation.nudge(EPSILON).to_dict(),
    }
