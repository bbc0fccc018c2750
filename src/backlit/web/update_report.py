"""The update report: the real update of a weight and the nudge, which only Python can work out.

A page is not sent the optimizers' equations and their state, so it asks for the update.
"""

from __future__ import annotations

from typing import Any

from backlit.explain import Address, Trace, Update
from backlit.explain.nudge import EPSILON, too_small
from backlit.explain.update import check_parameter
from backlit.runs.sentences import is_plain_sgd
from backlit.training.update_rule import UpdateRule


def update_report(trace: Trace, address: Address, rule: UpdateRule | None) -> dict[str, Any]:
    """What the training makes of a weight or a bias, and what the loss does when it is nudged.

    Args:
        trace: of the batch.
        address: of the weight or the bias.
        rule: by which it was trained; None if that is not known.

    Raises:
        AddressError: it is neither a weight nor a bias.
    """
    check_parameter(address)
    why = too_small(trace.value(address), EPSILON, trace.snapshot.dtype)
    return {
        "address": str(address),
        "update": None if rule is None else _update(trace.update(address, rule), rule),
        "nudge": {"sentence": why} if why else trace.nudge(address, EPSILON).to_dict(),
        "frozen": rule is not None and address.owner in rule.frozen,
    }


def _update(update: Update, rule: UpdateRule) -> dict[str, Any]:
    plain = is_plain_sgd(rule.optimizer) and len(update.lines) == 1  # so nothing was clipped
    return {**update.to_dict(), "letters": update.letters, "plain": plain}
