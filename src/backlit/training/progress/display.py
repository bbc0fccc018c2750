"""What every display of a training is, and what they say alike."""

from __future__ import annotations

import time
import warnings
from types import TracebackType
from typing import Self

from backlit.training.training import Callback, Training


class ProgressDisplay(Callback):
    """A display that shows nothing; the others build on it.  Used as a context."""

    def note(self, text: str) -> None:
        """Say what should not go unnoticed, even if nothing else is shown.

        A program can catch it or switch it off as any warning.
        """
        warnings.warn(text, stacklevel=4)  # at the line that called ``fit``

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the terminal as it should be, whatever happened."""


class Clock:
    """How long the rest will take, by the speed since this process began to train."""

    def __init__(self, training: Training) -> None:
        self._start = time.monotonic()
        self._first = training.step

    def seconds_left(self, training: Training, steps: int) -> float | None:
        """For so many more steps; None as long as nothing is known."""
        done = training.step - self._first
        return (time.monotonic() - self._start) / done * steps if done else None


def opening(training: Training) -> str:
    """The sentence at the beginning, also of a training that goes on or has nothing left to do."""
    position, epochs = training.position, training.epochs
    if training.finished:
        why = training.history.stopped or f"The run has finished its {plural(epochs, 'epoch')}."
        return f"Nothing left to train.  {why}"
    images = f"Training on {plural(training.images, 'image')}"
    if training.validation_images:
        images += f", validating on {training.validation_images:,}"
    if training.step:
        resuming = f"{images}: resuming with epoch {position.epoch + 1} of {epochs}"
        return f"{resuming} after {position.batch} of its {plural(training.batches, 'batch')}."
    batches = plural(training.batches, "batch")
    return f"{images}: {plural(epochs, 'epoch')} of {batches}."


def plural(count: int, word: str) -> str:
    """1 image, 2 images, 1,000 batches."""
    if count != 1:
        word += "es" if word == "batch" else "s"
    return f"{count:,} {word}"


def percent(share: float, decimals: int = 2) -> str:
    """A share from 0 to 1 in percent."""
    return f"{100 * share:.{decimals}f}%"


def duration(seconds: float) -> str:
    """In the unit that says it shortest: 7 ms, 4.2 s, 42 s, 13 min, 2.1 h."""
    if seconds < 0.9995:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    if seconds < 99.5 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def speed(images_per_second: float) -> str:
    """Images for one second."""
    return f"{images_per_second:,.{0 if images_per_second >= 9.95 else 1}f}"
