"""A training that one can start, pause, and take a single step of, while one looks on.

It is the run's own training once more, from its first weights on, with the same images in the same
order; the run itself is left alone.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backlit.batching import batches
from backlit.errors import TrainingError
from backlit.network import Network
from backlit.training import Settings, Training
from backlit.training.film import filmed
from backlit.training.interrupts import Interrupts
from backlit.training.stepping import Stepper
from backlit.training.training import Position

from .document import tensor_data

_REMEMBERED = 5000  # losses of single steps that a page can still ask for


class Trainer:
    """A training under somebody's eyes.

    Args:
        network: whose layers and first weights; a copy of it is trained.
        settings: how.
        images: raw pictures, (N, C, H, W).
        labels: their classes.
    """

    def __init__(
        self,
        network: Network,
        settings: Settings,
        images: NDArray[np.uint8],
        labels: NDArray[np.int64],
    ) -> None:
        self._config, self._engine = network.config(), network.engine
        self._settings, self._images, self._labels = settings, images, labels
        self._lock = threading.Lock()  # one step at a time, and no look in the middle of one
        self._running = threading.Event()
        self._thread: threading.Thread | None = None
        self.begin_again()

    def begin_again(self) -> None:
        """Back to the first weights."""
        self.pause()
        with self._lock:
            net = Network.from_config(self._config, self._engine)
            self._training = Training(net, self._settings, len(self._labels))
            self._stepper = Stepper(self._training, Interrupts())
            self._order = self._batches()
            self._losses: list[float] = []
            self._problem = ""

    def network(self) -> Network:
        """A copy of the network as it is now."""
        with self._lock:
            net = self._training.net
            arrays = {**net.parameters, **net.buffers}
            return Network.from_config(self._config, net.engine, parameters=arrays)

    def step(self) -> None:
        """One step; nothing if the training has come to its end."""
        self.pause()
        self._step()

    def start(self) -> None:
        """Go on until :meth:`pause` or the end."""
        if not self._running.is_set():
            self._running.set()
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()

    def pause(self) -> None:
        """Stop behind the step that is being taken."""
        self._running.clear()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def look(self, since: int = 0) -> dict[str, Any]:
        """Where the training stands.

        Args:
            since: the loss of every step from this one on is told.
        """
        with self._lock:
            training = self._training
            done = training.step
            first = max(since, done - len(self._losses))
            weights = {name: training.net.parameters[name][None] for name in filmed(training.net)}
            return {
                "step": done,
                "steps": training.total_steps,
                "batches": training.batches,
                "running": self._running.is_set(),
                "finished": training.finished,
                "problem": self._problem,
                "rate": training.learning_rate,
                "first": first,
                "losses": self._losses[len(self._losses) - (done - first) :],
                "accuracy": None if not training.position.images else training.accuracy,
                "weights": {name: tensor_data(array) for name, array in weights.items()},
            }

    def _run(self) -> None:
        while self._running.is_set() and not self._training.finished and not self._problem:
            self._step()
        self._running.clear()

    def _step(self) -> None:
        with self._lock:
            training = self._training
            indices = next(self._order, None)
            if indices is None:
                return
            before = training.position.loss
            try:
                self._stepper.step(self._images[indices], self._labels[indices])
            except TrainingError as problem:
                self._problem = str(problem)
                return
            self._losses.append((training.position.loss - before) / len(indices))
            del self._losses[:-_REMEMBERED]
            if training.position.batch == training.batches:
                training.finish_epoch(None)
                training.position = Position(epoch=training.position.epoch + 1)

    def _batches(self) -> Iterator[NDArray[np.intp]]:
        """The batches of all epochs, as the run saw them."""
        settings, count = self._settings, len(self._labels)
        for epoch in range(settings.epochs):
            yield from batches(count, settings.batch_size, settings.seed, epoch, settings.shuffle)


WISHES = ("look", "start", "pause", "step", "again")


def do(trainer: Trainer, what: str, since: int) -> dict[str, Any]:
    """Carry out one of the :data:`WISHES`, and tell where the training stands then."""
    match what:
        case "start":
            trainer.start()
        case "pause":
            trainer.pause()
        case "step":
            trainer.step()
        case "again":
            trainer.begin_again()
    return trainer.look(since)
