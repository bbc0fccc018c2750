"""The columns of the live table, as wide as the terminal allows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from backlit.training.history import EpochRecord

from .display import duration, percent, speed

GAP = "  "
T = TypeVar("T")
TIME = 11  # as wide as "13 min left"
SPEED = 8


@dataclass(frozen=True)
class ProgressLayout:
    """Which columns there are, and how wide.

    Attributes:
        epoch: width of "12/20".
        loss: width of a loss.
        accuracy: width of an accuracy.
        decimals: of an accuracy in percent.
        validation: whether there is one.
        has_speed: whether there is room for images/s.
    """

    epoch: int
    loss: int
    accuracy: int
    decimals: int
    validation: bool
    has_speed: bool

    @property
    def bar(self) -> int:
        """Of the live bar, which takes the place of the validation's two columns."""
        return self.loss + len(GAP) + self.accuracy

    @property
    def widths(self) -> list[int]:
        """Of the parts of a line; the live bar is the third, or without a validation the last."""
        ending = [SPEED, TIME] if self.has_speed else [TIME]
        parts = [self.epoch, self.bar]
        return [*parts, self.bar, *ending] if self.validation else [*parts, *ending, self.bar]

    @property
    def width(self) -> int:
        """Of a whole line."""
        return sum(self.widths) + len(GAP) * (len(self.widths) - 1)

    def arrange(self, epoch: T, training: T, bar: T, rate: T, time: T) -> list[T]:
        """The parts of a line in their order; what stands in the bar's place is the third."""
        ending = [rate, time] if self.has_speed else [time]
        return (
            [epoch, training, bar, *ending] if self.validation else [epoch, training, *ending, bar]
        )

    def line(self, *parts: str) -> str:
        """The parts of a line, padded to their widths."""
        cells = self.arrange(*parts)
        padded = [cell.rjust(width) for cell, width in zip(cells, self.widths, strict=True)]
        return GAP.join(padded).rstrip()

    def header(self) -> list[str]:
        """The names of the columns, and above them whose they are."""
        measures = self.measures("loss", "accuracy" if self.accuracy >= 8 else "acc.")
        if not self.validation:
            return [self.line("epoch", measures, "", "images/s", "time")]
        return [
            self.line("", "training", "validation", "", ""),
            self.line("epoch", measures, measures, "images/s", "time"),
        ]

    def row(self, record: EpochRecord, epochs: int) -> str:
        """A finished epoch."""
        validation = ""
        if record.validation_loss is not None and record.validation_accuracy is not None:
            validation = self.numbers(record.validation_loss, record.validation_accuracy)
        return self.line(
            f"{record.epoch}/{epochs}",
            self.numbers(record.loss, record.accuracy),
            validation,
            speed(record.images_per_second),
            duration(record.seconds),
        )

    def numbers(self, loss: float, accuracy: float) -> str:
        """A loss and an accuracy; nothing of what is not known yet."""
        if loss != loss:
            return ""
        texts = (percent(accuracy, decimals) for decimals in (self.decimals, 0))
        return self.measures(_loss(loss, self.loss), _first_fitting(texts, self.accuracy))

    def measures(self, loss: str, accuracy: str) -> str:
        """The two columns that training and validation have."""
        return f"{loss:>{self.loss}}{GAP}{accuracy:>{self.accuracy}}"


def layout(width: int, epochs: int, validation: bool) -> ProgressLayout:
    """The widest layout that fits into ``width`` columns; if none does, the narrowest."""
    epoch = max(5, len(f"{epochs}/{epochs}"))
    wide = ProgressLayout(epoch, 7, 8, 2, validation, has_speed=True)
    narrow = ProgressLayout(epoch, 6, 6, 1, validation, has_speed=True)
    least = ProgressLayout(epoch, 6, 6, 1, validation, has_speed=False)
    return next((each for each in (wide, narrow) if each.width <= width), least)


def _loss(loss: float, width: int) -> str:
    """Four digits after the point, fewer of a loss that is too large for them."""
    return _first_fitting((f"{loss:.4f}", f"{loss:.1f}", f"{loss:.0e}"), width)


def _first_fitting(texts: Iterable[str], width: int) -> str:
    """The first text that is narrow enough, or else the last one."""
    text = ""
    for text in texts:
        if len(text) <= width:
            break
    return text
