"""A training live on a terminal: a table that grows by a line an epoch, and a moving last line."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from backlit.training.history import EpochRecord
from backlit.training.training import Training

from .display import Clock, ProgressDisplay, duration, opening, speed
from .layout import GAP, ProgressLayout, layout


class LiveDisplay(ProgressDisplay):
    """The table of finished epochs, and below it the epoch that is trained."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._training: Training | None = None
        self._clock: Clock | None = None
        self._validated: int | None = None
        self._live = Live(
            get_renderable=self.render, console=console, refresh_per_second=8, transient=True
        )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the moving line away."""
        self._live.stop()

    def note(self, text: str) -> None:
        """A line that stays."""
        self._print(text)

    def on_train_begin(self, training: Training) -> None:
        """The opening, the header, and the first moving line."""
        self._training, self._clock = training, Clock(training)
        self._print(opening(training))
        if training.finished:
            return
        self._print("")
        for line in self._layout(training).header():
            self._print(line, style="bold", wrap=False)
        self._live.start(refresh=True)

    def on_validation_step(self, training: Training, images: int) -> None:
        """The bar now is the validation's."""
        self._validated = images

    def on_epoch_end(self, training: Training, record: EpochRecord) -> None:
        """The epoch's line, which stays."""
        self._validated = None
        self._live.refresh()  # what moved until now goes away first
        self._print(self._layout(training).row(record, training.epochs), wrap=False)

    def on_train_end(self, training: Training) -> None:
        """Why it ended early, if it did."""
        self._live.stop()
        if training.history.stopped:
            self._print(training.history.stopped)

    def render(self) -> RenderableType:
        """The moving lines as of now."""
        training = self._training
        if training is None or training.finished:
            return Text()
        if len(training.history) > training.position.epoch:
            return Text()  # the epoch has its line already
        shape = self._layout(training)
        row = Table.grid(padding=(0, len(GAP), 0, 0), pad_edge=False)
        for width in shape.widths:
            row.add_column(width=width, justify="right", no_wrap=True)
        row.add_row(*self._cells(training, shape))
        return Group(row, Text(self._footer(training), style="dim", no_wrap=True))

    def _layout(self, training: Training) -> ProgressLayout:
        return layout(self._console.width, training.epochs, training.validation_images > 0)

    def _cells(self, training: Training, shape: ProgressLayout) -> list[RenderableType]:
        position = training.position
        done, total, time = position.batch, training.batches, self._left(training, training.batches)
        if self._validated is not None:
            done, total, time = self._validated, training.validation_images, "validating"
        bar = ProgressBar(total=total, completed=done, width=shape.bar)
        cells: list[RenderableType] = [
            f"{position.epoch + 1}/{training.epochs}",
            shape.numbers(training.loss, training.accuracy),
            bar,
            speed(training.images_per_second),
            time,
        ]
        return shape.arrange(*cells)

    def _footer(self, training: Training) -> str:
        position = training.position
        batches = f"batch {position.batch:,} of {training.batches:,}"
        left = self._left(training, training.total_steps - position.epoch * training.batches)
        more = position.epoch + 1 < training.epochs and left
        return f"{batches}, {left} in all" if more else batches

    def _print(self, line: str, style: str | None = None, wrap: bool = True) -> None:
        """A line that stays, above the moving ones."""
        self._console.print(line, style=style, markup=False, highlight=False, no_wrap=not wrap)

    def _left(self, training: Training, steps: int) -> str:
        """How long until so many steps of this epoch and those after it are done."""
        if self._clock is None:
            return ""
        seconds = self._clock.seconds_left(training, steps - training.position.batch)
        return "" if seconds is None else f"{duration(seconds)} left"
