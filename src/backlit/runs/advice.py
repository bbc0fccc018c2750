"""What would help where a training did not do what one hopes of it."""

from __future__ import annotations

from math import log, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .run import Run

_FEW_STEPS = 100  # with fewer, even simple data is hardly learned


def advice(run: Run) -> str:
    """What to change for the next training, in whole sentences; "" where this one went well."""
    steps = _steps(run)
    few = (
        f"The weights were changed only {steps:,} {'time' if steps == 1 else 'times'}, once a "
        "batch: a smaller --batch-size, or more --epochs, would let the network learn more."
    )
    if _is_guessing(run):
        chance = f"no better than guessing (1 in {_classes(run):,})"
        if steps < _FEW_STEPS and _learns(run):
            return f"That is {chance} so far. {few}"
        return f"That is {chance}: try a lower --learning-rate."
    if run.history.loss[-1] > run.history.loss[0]:
        return "The loss rose while the network trained: try a lower --learning-rate."
    return few if steps < _FEW_STEPS else ""


def _steps(run: Run) -> int:
    """How many batches the training had."""
    training, _ = run.plan.parts(run.dataset)
    return -(-len(training[1]) // run.plan.batch_size) * len(run.history)


def _classes(run: Run) -> int:
    return len(run.dataset.classes)


def _is_guessing(run: Run) -> bool:
    """Whether somebody who guesses would often be right as often, on images not trained on."""
    if (result := run.test_result) is not None:
        accuracy: float | None = result["accuracy"]
        images = result["images"]
    else:
        accuracy = run.history[-1].validation_accuracy
        _, held_out = run.plan.parts(run.dataset)
        images = len(held_out[1]) if held_out else 0
    if accuracy is None or not images:
        return False
    chance = 1 / _classes(run)
    return accuracy <= chance + sqrt(chance * (1 - chance) / images)


def _learns(run: Run) -> bool:
    """Whether the loss is below that of equal probabilities, and has not risen."""
    losses = run.history.loss
    return losses[-1] < 0.98 * log(_classes(run)) and losses[-1] <= losses[0]
