"""The loop: batch after batch, epoch after epoch."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from backlit.data.batching import batches
from backlit.errors import TrainingError
from backlit.network.engine import Array

from .examples import Data
from .interrupts import Interrupts
from .saver import Saver
from .stepping import Stepper
from .training import Callback, Position, Training
from .trouble import message, origin


class Loop:
    """Trains until the training is finished.

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
        self.stepper = Stepper(training, interrupts)

    def run(self) -> None:
        """Epoch after epoch, from where the training stands.

        Raises:
            TrainingError: a loss, a gradient or an update that is not finite.
            KeyboardInterrupt: Ctrl-C.
        """
        while not self.training.finished:
            for indices in self._remaining_batches():
                self.stepper.step(*self.data.batch(indices, self.training.position.epoch))
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
