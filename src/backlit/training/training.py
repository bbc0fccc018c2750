"""A training under way: where it stands, what its next step depends on, and what it calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backlit.network import Network

from .history import EpochRecord, History
from .optimizer_state import OptimizerState
from .settings import Settings


@dataclass
class Position:
    """Where a training stands, and what the epoch that it is in has added up so far.

    Attributes:
        epoch: how many epochs are finished.
        batch: how many batches of the next one are done.
        images: how many images were in them.
        loss: the sum of their losses.
        right: how many of them were classified right.
        seconds: how long they took.
    """

    epoch: int = 0
    batch: int = 0
    images: int = 0
    loss: float = 0.0
    right: int = 0
    seconds: float = 0.0


@dataclass
class Training:
    """A training under way.

    The loop and its stepper move it on; callbacks and the progress display look at it, and may
    :meth:`stop` it.

    Attributes:
        net: the network that is trained.
        settings: how.
        images: how many images an epoch has.
        validation_images: how many there are to validate on; 0 for none.
        run: the run's folder, if there is one.
        callbacks: what is called while it goes on.
        position: where the training stands.
        history: the records of the finished epochs.
        optimizer_state: what the optimizer keeps from step to step.
    """

    net: Network
    settings: Settings
    images: int
    validation_images: int = 0
    run: Path | None = None
    callbacks: Sequence[Callback] = ()
    position: Position = field(default_factory=Position)
    history: History = field(default_factory=History)
    optimizer_state: OptimizerState = field(init=False)

    def __post_init__(self) -> None:
        self.optimizer_state = OptimizerState(self.settings.optimizer, self.net.flat_parameters)

    @property
    def epochs(self) -> int:
        """How many epochs are asked for."""
        return self.settings.epochs

    @property
    def batches(self) -> int:
        """How many batches, and so steps, an epoch has."""
        return -(-self.images // self.settings.batch_size)

    @property
    def step(self) -> int:
        """How many steps are done."""
        return self.position.epoch * self.batches + self.position.batch

    @property
    def total_steps(self) -> int:
        """How many steps all epochs have."""
        return self.epochs * self.batches

    @property
    def learning_rate(self) -> float:
        """η of the next step; once an epoch's last step is done, of that one."""
        step = self.step - (self.position.batch == self.batches)
        return self.settings.learning_rate(step, self.total_steps)

    @property
    def loss(self) -> float:
        """Mean loss of the epoch's images so far; NaN before the first."""
        return self.position.loss / self.position.images if self.position.images else float("nan")

    @property
    def accuracy(self) -> float:
        """Share of the epoch's images so far that were right; NaN before the first."""
        return self.position.right / self.position.images if self.position.images else float("nan")

    @property
    def images_per_second(self) -> float:
        """The speed in this epoch; 0 before the first batch."""
        return self.position.images / self.position.seconds if self.position.seconds else 0.0

    @property
    def finished(self) -> bool:
        """Whether there is no epoch left to do."""
        return self.position.epoch >= self.epochs or self.history.stopped is not None

    def stop(self, reason: str) -> None:
        """End the training after this epoch; ``reason`` is a short sentence for the history."""
        self.history.stopped = reason

    def finish_epoch(self, validation: tuple[float, float] | None) -> EpochRecord:
        """Add the epoch to the history."""
        loss, accuracy = validation if validation else (None, None)
        record = EpochRecord(
            epoch=self.position.epoch + 1,
            loss=self.loss,
            accuracy=self.accuracy,
            validation_loss=loss,
            validation_accuracy=accuracy,
            learning_rate=self.learning_rate,
            seconds=self.position.seconds,
            images_per_second=self.images_per_second,
        )
        self.history.records.append(record)
        return record


class Callback:  # here, as a training holds callbacks and they are called with a training
    """What is called while a network trains; override what is needed.

    An epoch's end may be repeated when a run was killed just then and is resumed, so what a
    callback does there should not mind being done twice, as writing a whole file does not.
    """

    def check(self, training: Training) -> None:
        """Before anything happens: raise ConfigurationError if this cannot work."""

    def on_train_begin(self, training: Training) -> None:
        """Before the first step, of a resumed training too: forget an earlier training."""

    def on_step_end(self, training: Training) -> None:
        """After every step; ``training.loss`` and ``accuracy`` are those of the epoch so far."""

    def on_validation_step(self, training: Training, images: int) -> None:
        """After each batch of the validation; ``images`` are validated by now."""

    def on_epoch_end(self, training: Training, record: EpochRecord) -> None:
        """After every epoch and its validation.  ``training.stop("why")`` makes it the last."""

    def on_train_end(self, training: Training) -> None:
        """After the last epoch; not if the training fails or is interrupted."""

    def config(self) -> dict[str, Any] | None:
        """What a resumed run must repeat; None if the course does not depend on this callback."""
        return None

    def state(self) -> dict[str, Any]:
        """What a resumed run must know again: numbers, texts and such, and arrays."""
        return {}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Take over what :meth:`state` returned; called after :meth:`on_train_begin`."""
