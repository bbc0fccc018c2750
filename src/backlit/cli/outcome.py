"""What would help where a training did not do what one hopes of it."""

from __future__ import annotations

from math import log, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .training import Trained

_FEW_STEPS = 100  # with fewer, even simple data is hardly learned


def advice(trained: Trained) -> str:
    """Whole sentences; "" where the training went well."""
    steps = _steps(trained)
    few = (
        f"The weights were changed only {steps:,} {'time' if steps == 1 else 'times'}, once a "
        "batch: a smaller --batch-size, or more --epochs, would let the network learn more."
    )
    if _is_guessing(trained):
        chance = f"no better than guessing (1 in {_classes(trained):,})"
        if steps < _FEW_STEPS and _learns(trained):
            return f"That is {chance} so far. {few}"
        return f"That is {chance}: try a lower --learning-rate."
    if trained.history.loss[-1] > trained.history.loss[0]:
        return "The loss rose while the network trained: try a lower --learning-rate."
    return few if steps < _FEW_STEPS else ""


def _steps(trained: Trained) -> int:
    """How many batches the training had."""
    training, _ = trained.plan.parts(trained.dataset)
    return -(-len(training[1]) // trained.plan.batch_size) * len(trained.history)


def _classes(trained: Trained) -> int:
    return len(trained.dataset.classes)


def _is_guessing(trained: Trained) -> bool:
    """Whether somebody who guesses would often be right as often, on images not trained on."""
    if trained.test is not None:
        accuracy: float | None = trained.test.accuracy
        images = len(trained.dataset.test_labels)
    else:
        accuracy = trained.history[-1].validation_accuracy
        _, held_out = trained.plan.parts(trained.dataset)
        images = len(held_out[1]) if held_out else 0
    if accuracy is None or not images:
        return False
    chance = 1 / _classes(trained)
    return accuracy <= chance + sqrt(chance * (1 - chance) / images)


def _learns(trained: Trained) -> bool:
    """Whether the loss is below that of equal probabilities, and has not risen."""
    losses = trained.history.loss
    return losses[-1] < 0.98 * log(_classes(trained)) and losses[-1] <= losses[0]
