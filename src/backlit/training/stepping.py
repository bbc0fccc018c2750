"""One step of a training: forward, backward, update."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping

import numpy as np

from backlit.errors import TrainingError
from backlit.network import Network
from backlit.network.engine import Array

from .clipping import clipped
from .interrupts import Interrupts
from .optimizer_state import Change
from .training import Training
from .trouble import message, not_finite, origin


class Stepper:
    """Takes a training one step further at a time, all of it or nothing.

    Between two steps the training is always consistent: a step that fails or is interrupted leaves
    no trace.

    Args:
        training: what is trained; changed in place.
        interrupts: cut computations short.
    """

    def __init__(self, training: Training, interrupts: Interrupts) -> None:
        self.training = training
        self.interrupts = interrupts

    def step(self, images: Array, labels: Array) -> None:
        """Forward, backward, update.

        Raises:
            TrainingError: a loss, a gradient or an update that is not finite.
        """
        training, net = self.training, self.training.net
        start = time.perf_counter()
        before = _Passed(net)
        try:
            loss, gradients, scores = self._pass(images, labels)
            change = self._change(gradients)
        except BaseException:
            before.restore()
            raise
        net.flat_parameters.flat[...] = change.parameters
        training.optimizer_state.take(change)
        position = training.position
        position.batch += 1
        position.images += len(labels)
        position.loss += loss * len(labels)
        position.right += int((scores.argmax(1) == labels).sum())
        position.seconds += time.perf_counter() - start

    def _pass(self, images: Array, labels: Array) -> tuple[float, Mapping[str, Array], Array]:
        """The loss, the gradients (clipped) and the scores, all finite."""
        training, net = self.training, self.training.net
        before = _Passed(net)
        with self.interrupts.allowed(), np.errstate(all="ignore"):
            try:
                loss, gradients, scores = net.training_pass(images, labels)
            except ArithmeticError as problem:
                raise TrainingError(message(training, f"the engine gave up ({problem})")) from None
            what = _complaint(loss, gradients, net.buffers)
            if what:
                before.restore()  # so that the pass that is looked into is the same one
                raise TrainingError(message(training, what, origin(net, images, labels)))
            return loss, clipped(gradients, training.settings.clip), scores

    def _change(self, gradients: Mapping[str, Array]) -> Change:
        training = self.training
        with np.errstate(all="ignore"):
            change = training.optimizer_state.change(gradients, training.learning_rate)
            trouble = training.optimizer_state.not_finite(change)
        if trouble:
            raise TrainingError(message(training, f"the update of {trouble} is not finite"))
        return change


def _complaint(
    loss: float, gradients: Mapping[str, Array], buffers: Mapping[str, Array]
) -> str | None:
    """What of a pass is not finite, if anything is."""
    if not math.isfinite(loss):
        return f"the loss became {loss}"
    gradient = not_finite(gradients)
    if gradient:
        return f"the gradient of {gradient} is not finite"
    statistics = not_finite(buffers)
    return f"{statistics} is not finite" if statistics else None


class _Passed:
    """What a training pass changes in a network, to be taken back if the step does not count."""

    def __init__(self, net: Network) -> None:
        self._net = net
        self._step = net.training_step
        self._buffers = {name: array.copy() for name, array in net.buffers.items()}

    def restore(self) -> None:
        self._net.training_step = self._step
        for name, array in self._net.buffers.items():
            array[...] = self._buffers[name]
