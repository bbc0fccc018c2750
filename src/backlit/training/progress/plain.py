"""A training in plain lines, for files, pipes and terminals that cannot move the cursor."""

from __future__ import annotations

import time

from rich.console import Console

from backlit.training.history import EpochRecord
from backlit.training.training import Training

from .display import Clock, ProgressDisplay, duration, opening, percent, speed

_SILENCE = 30.0  # seconds after which a long epoch gives a sign of life


class PlainDisplay(ProgressDisplay):
    """One line for each epoch, and inside long epochs one every half minute."""

    def __init__(self, console: Console, silence: float = _SILENCE) -> None:
        self._console = console
        self._silence = silence
        self._clock: Clock | None = None
        self._spoken = 0.0

    def note(self, text: str) -> None:
        """A line of its own."""
        self._say(text)

    def on_train_begin(self, training: Training) -> None:
        """The opening."""
        self._clock = Clock(training)
        self._say(opening(training))

    def on_step_end(self, training: Training) -> None:
        """A sign of life, if the last line is long ago."""
        if time.monotonic() - self._spoken >= self._silence:
            batch = f"batch {training.position.batch}/{training.batches}"
            left = training.total_steps - training.step
            seconds = self._clock.seconds_left(training, left) if self._clock else None
            self._say(
                f"epoch {training.position.epoch + 1}/{training.epochs}, {batch}: "
                f"loss {training.loss:.4f}, accuracy {percent(training.accuracy)}, "
                f"{speed(training.images_per_second)} images/s"
                + (f", {duration(seconds)} left" if seconds is not None else "")
            )

    def on_epoch_end(self, training: Training, record: EpochRecord) -> None:
        """The epoch's line."""
        validation = ""
        if record.validation_loss is not None and record.validation_accuracy is not None:
            validation = (
                f"validation {record.validation_loss:.4f}, {percent(record.validation_accuracy)}; "
            )
        self._say(
            f"epoch {record.epoch}/{training.epochs}: loss {record.loss:.4f}, "
            f"accuracy {percent(record.accuracy)}; {validation}"
            f"{speed(record.images_per_second)} images/s, {duration(record.seconds)}"
        )

    def on_train_end(self, training: Training) -> None:
        """Why it ended early, if it did."""
        if training.history.stopped:
            self._say(training.history.stopped)

    def _say(self, line: str) -> None:
        """One line, however narrow the terminal is said to be."""
        self._console.print(line, soft_wrap=True, markup=False, highlight=False)
        self._spoken = time.monotonic()
