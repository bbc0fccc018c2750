"""One step of a training: forward, backward, update.

A step is all or nothing, and this is the one place that sees to it.  First the whole step is
*proposed*: new parameters, statistics and optimizer state are computed beside the old ones, and
checked.  Then all of it is committed.  Whatever fails or is interrupted before leaves no trace, as
nothing was changed.
"""

from __future__ import annotations

import math
import time

import numpy as np

from backlit.errors import TrainingError
from backlit.network.engine import Array, ProposedStep
from backlit.network.flat import not_finite

from .interrupts import Interrupts
from .optimizer_state import Change
from .training import Training
from .trouble import message, origin


class Stepper:
    """Takes a training one step further at a time.

    Args:
        training: what is trained; changed in place.
        interrupts: cut computations short, but never a commit.

    Attributes:
        frozen: layers whose weights and biases, and what the optimizer keeps for them, stay as they
            are; where gradients are clipped, theirs do not count.
    """

    def __init__(self, training: Training, interrupts: Interrupts) -> None:
        self.training = training
        self.interrupts = interrupts
        self.frozen: frozenset[str] = frozenset()

    def step(self, images: Array, labels: Array) -> None:
        """Forward, backward, update.

        Raises:
            TrainingError: a loss, a gradient or an update that is not finite.
        """
        start = time.perf_counter()
        with self.training.net.turns:  # the new numbers are made of those that they replace
            with self.interrupts.allowed(), np.errstate(all="ignore"):
                step, change = self._propose(images, labels)
            self._commit(step, change)
        position = self.training.position
        position.batch += 1
        position.images += len(labels)
        position.loss += step.loss * len(labels)
        position.right += int((step.logits.argmax(1) == labels).sum())
        position.seconds += time.perf_counter() - start

    def _propose(self, images: Array, labels: Array) -> tuple[ProposedStep, Change]:
        """The step and what it makes of the parameters, all of it finite; nothing is changed."""
        training, net = self.training, self.training.net
        state, rate, clip = (
            training.optimizer_state,
            training.learning_rate,
            training.settings.clip,
        )
        frozen = {name for name in net.parameters if name.rpartition(".")[0] in self.frozen}
        whole = net.takes_updates and not frozen
        update = state.for_engine(rate, clip) if whole else None
        try:
            step = net.propose_step(images, labels, update)
        except ArithmeticError as problem:
            raise TrainingError(message(training, f"the engine gave up ({problem})")) from None
        what = _complaint(step)
        if what:
            raise TrainingError(message(training, what, origin(net, images, labels)))
        if update is not None and step.updated:
            change = state.written(update)
        else:
            for name in frozen:
                step.gradients[name][...] = 0
            change = state.change(step.gradients, rate, clip)
            change = state.without(change, frozen) if frozen else change
        trouble = None if step.finite else state.not_finite(change)
        if trouble:
            raise TrainingError(message(training, f"the update of {trouble} is not finite"))
        return step, change

    def _commit(self, step: ProposedStep, change: Change) -> None:
        self.training.net.commit_step(step, change.parameters)
        self.training.optimizer_state.take(change)


def _complaint(step: ProposedStep) -> str | None:
    """What of a step's loss, gradients and statistics is not finite, if anything is."""
    if not math.isfinite(step.loss):
        return f"the loss became {step.loss}"
    # A gradient that is not finite makes a weight that is not.
    gradient = None if step.finite else not_finite(step.gradients)
    if gradient:
        return f"the gradient of {gradient} is not finite"
    statistics = not_finite(step.buffers)
    return f"{statistics} is not finite" if statistics else None
