"""What a page is told of a weight beyond its gradient: its real update, and the nudge.

The rules of the optimizers are Python, so a page does not work them out itself.
"""

from __future__ import annotations

from typing import Any

from backlit.errors import AddressError
from backlit.explain import Explanation
from backlit.explain.nudge import too_small
from backlit.training.update_rule import UpdateRule

EPSILON = 1e-3  # of the nudge


def told(explanation: Explanation, rule: UpdateRule | None) -> dict[str, Any]:
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


def _update(explanation: Explanation, rule: UpdateRule) -> dict[str, Any]:
    update = explanation.update(rule.optimizer, state=rule.state, note=rule.note, clip=rule.clip)
    return {**update.to_dict(), "letters": update.letters}
