"""The loop: batch after batch, epoch after epoch."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from backlit.batching import batches
from backlit.errors import TrainingError
from backlit.network import Network
from backlit.network.engine import Array

from .callbacks import Callback
from .clipping import clipped
from .examples import Data
from .interrupts import Interrupts
from .run import Saver
from .training import Position, Training, updated
from .trouble import message, not_finite, origin


class Loop:
    """Trains until the training is finished.

    Between two steps the training is always consistent: a step that fails or is interrupted
    leaves no trace.

    Args:
        training: what is trained; changed in place.
        data: to train on, and to validate on after each epoch.
        listeners: the callbacks, and whoever else wants to be called.
        interrupts: cut computations short.
        saver: of the run's folder.
    """

    def __init__(
        self,
        training: Training,
        data: Data,
        listeners: Sequence[Callback],
        interrupts: Interrupts,
        saver: Saver,
    ) -> None:
        self.training = training
        self.data = data
        self.listeners = listeners
        self.interrupts = interrupts
        self.saver = saver

    def run(self) -> None:
        """Epoch after epoch, from where the training stands.

        Raises:
            TrainingError: a loss, a gradient or an update that is not finite.
            KeyboardInterrupt: Ctrl-C.
        """
        while not self.training.finished:
            for indices in self._remaining_batches():
                self._step(*self.data.batch(indices, self.training.position.epoch))
                for listener in self.listeners:
                    listener.on_step_end(self.training)
                self.saver.save_if_due(self.training)
            self._finish_epoch(self._validate())
        self._finish()

    def _remaining_batches(self) -> Iterator[Array]:
        settings, position = self.training.settings, self.training.position
        count, size = self.training.images, settings.batch_size
        every = batches(count, size, settings.seed, position.epoch, shuffle=settings.shuffle)
        return islice(every, position.batch, None)

    def _step(self, images: Array, labels: Array) -> None:
        """Forward, backward, update: all of it or nothing."""
        training, net = self.training, self.training.net
        start = time.perf_counter()
        before = _Passed(net)
        try:
            loss, gradients, scores = self._pass(images, labels)
            parameters, state = self._update(gradients)
        except BaseException:
            before.restore()
            raise
        for name, array in net.parameters.items():
            array[...] = parameters[name]
        training.optimizer_state = state
        position = training.position
        position.batch += 1
        position.images += len(labels)
        position.loss += loss * len(labels)
        position.right += int((scores.argmax(1) == labels).sum())
        position.seconds += time.perf_counter() - start

    def _pass(self, images: Array, labels: Array) -> tuple[float, dict[str, Array], Array]:
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

    def _update(self, gradients: dict[str, Array]) -> tuple[dict[str, Array], dict[str, Array]]:
        training = self.training
        rate = training.learning_rate
        optimizer, state = training.settings.optimizer, training.optimizer_state
        with np.errstate(all="ignore"):
            new = updated(optimizer, training.net.parameters, gradients, state, rate)
        trouble = not_finite(new[0]) or not_finite(new[1])
        if trouble:
            raise TrainingError(message(training, f"the update of {trouble} is not finite"))
        return new

    def _validate(self) -> tuple[float, float] | None:
        """Mean loss and accuracy of the validation images."""
        if self.data.validation is None:
            return None
        training, size = self.training, self.training.settings.batch_size
        images, labels = self.data.validation.images, self.data.validation.labels
        loss, right = 0.0, 0
        for start in range(0, len(labels), size):
            part = slice(start, start + size)
            with self.interrupts.allowed(), np.errstate(all="ignore"):
                result = training.net.evaluate(images[part], labels[part])
            count = len(labels[part])
            loss += result.loss * count
            right += round(result.accuracy * count)
            if not math.isfinite(loss):
                where = origin(training.net, images[part], labels[part], training=False)
                raise TrainingError(
                    message(training, f"the validation loss became {result.loss}", where)
                )
            for listener in self.listeners:
                listener.on_validation_step(training, start + count)
        return loss / len(labels), right / len(labels)

    def _finish_epoch(self, validation: tuple[float, float] | None) -> None:
        training = self.training
        record = training.finish_epoch(validation)
        for listener in self.listeners:
            listener.on_epoch_end(training, record)
        training.position = Position(epoch=training.position.epoch + 1)
        if not training.finished:
            self.saver.save(training)

    def _finish(self) -> None:
        """The end: callbacks have the last word on the network, and the run is closed."""
        # What training more epochs would go on from, were the best weights to be brought back.
        state = self.saver.capture(self.training)
        for listener in self.listeners:
            listener.on_train_end(self.training)
        self.saver.save(self.training, state)


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
