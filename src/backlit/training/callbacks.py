"""Callbacks: what else happens while a network trains."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from backlit.errors import ConfigurationError, RunError
from backlit.system.numbers import is_finite, is_whole
from backlit.system.writing import write_atomically

from .history import MEASURES, EpochRecord
from .optimizers.base import Array
from .options import require, take_count, take_not_negative
from .training import Callback, Training

BEST_WEIGHTS = "best.safetensors"  # BestCheckpoint's file in a run's folder


@dataclass
class _Monitor(Callback):
    """Remembers which epoch was best: the lowest loss or the highest accuracy."""

    monitor: str = "validation_loss"
    min_delta: float = 0.0
    best: float | None = field(default=None, init=False)
    best_epoch: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        require(
            self.monitor in MEASURES, self, f"monitor is one of {', '.join(MEASURES)}", self.monitor
        )
        take_not_negative(self, "min_delta")

    def check(self, training: Training) -> None:
        """A validation measure needs a validation."""
        if self.monitor.startswith("validation") and not training.validation_images:
            raise ConfigurationError(
                f"{type(self).__name__} watches {self.monitor}, but there are no validation images"
            )

    def on_train_begin(self, training: Training) -> None:
        """Forget an earlier training."""
        self.best, self.best_epoch = None, 0

    def improved(self, record: EpochRecord) -> bool:
        """Whether this epoch is better than the best before it by more than ``min_delta``."""
        value = getattr(record, self.monitor)
        gain = math.inf if self.best is None else self.best - value
        if self.best is not None and self.monitor.endswith("accuracy"):
            gain = -gain
        if gain <= self.min_delta:
            return False
        self.best, self.best_epoch = value, record.epoch
        return True

    def config(self) -> dict[str, Any] | None:
        """The options: another choice would take another course."""
        options = {each.name: getattr(self, each.name) for each in fields(self) if each.init}
        return {"callback": type(self).__name__, **options}

    def state(self) -> dict[str, Any]:
        """The best value and its epoch."""
        return {"best": self.best, "best_epoch": self.best_epoch}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Take over the best value and its epoch."""
        best, best_epoch = state["best"], state["best_epoch"]
        if not (best is None or is_finite(best)) or not is_whole(best_epoch):
            raise ValueError(f"the best value and its epoch cannot be {best!r} and {best_epoch!r}")
        self.best, self.best_epoch = best, best_epoch


@dataclass
class EarlyStopping(_Monitor):
    """Stop when ``patience`` epochs in a row were no better than the best one before them.

    Args:
        monitor: "loss", "accuracy", "validation_loss" or "validation_accuracy".
        min_delta: by how much an epoch must be better to count.
        patience: how many epochs without that are one too many.
        restore_best: at the end, whether it came early or not, give the network the weights of
            the best epoch.

    Attributes:
        best: the best value so far.
        best_epoch: its epoch, from 1.

    Raises:
        ConfigurationError: an unknown measure, or a number out of its range.
    """

    patience: int = 3
    restore_best: bool = True
    _weights: dict[str, Array] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        take_count(self, "patience")
        whole = isinstance(self.restore_best, bool)
        require(whole, self, "restore_best is True or False", self.restore_best)

    def on_train_begin(self, training: Training) -> None:
        """Forget an earlier training."""
        super().on_train_begin(training)
        self._weights = {}

    def on_epoch_end(self, training: Training, record: EpochRecord) -> None:
        """Keep the best epoch's weights, and stop after too many worse ones."""
        if self.improved(record):
            if self.restore_best:
                arrays = {**training.net.parameters, **training.net.buffers}
                self._weights = {name: array.copy() for name, array in arrays.items()}
        elif record.epoch - self.best_epoch >= self.patience:
            training.stop(
                f"Stopped after epoch {record.epoch}: {self.monitor} has not improved since epoch "
                f"{self.best_epoch} ({self.best:.4g})."
            )

    def on_train_end(self, training: Training) -> None:
        """Give the network the best epoch's weights, if asked to."""
        if self._weights:
            training.net.load_parameters(self._weights)

    def state(self) -> dict[str, Any]:
        """The best value, its epoch, and its weights."""
        return {**super().state(), **self._weights}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Take over the best value, its epoch and its weights."""
        super().load_state(state)
        own = super().state()
        self._weights = {name: value for name, value in state.items() if name not in own}


@dataclass
class BestCheckpoint(_Monitor):
    """Save the network whenever an epoch was the best so far.

    Args:
        monitor: "loss", "accuracy", "validation_loss" or "validation_accuracy".
        min_delta: by how much an epoch must be better to count.
        path: the file, as :meth:`backlit.Network.save` writes it; by default
            ``best.safetensors`` in the run's folder.

    Attributes:
        best: the best value so far.
        best_epoch: its epoch, from 1.

    Raises:
        ConfigurationError: an unknown measure; neither a path nor a run.
    """

    path: str | Path | None = None

    def check(self, training: Training) -> None:
        """There must be a place to save to."""
        super().check(training)
        _check_path(self, self.path, training)

    def on_epoch_end(self, training: Training, record: EpochRecord) -> None:
        """Save the network if this epoch is the best so far."""
        if self.improved(record):
            training.net.save(_path(self.path, training, BEST_WEIGHTS))

    def config(self) -> dict[str, Any] | None:
        """The options; where the file goes does not matter."""
        config = super().config() or {}
        return {name: value for name, value in config.items() if name != "path"}


@dataclass
class CSVLog(Callback):
    """Write the history as a table of comma-separated values, renewed after every epoch.

    Args:
        path: the file; by default ``history.csv`` in the run's folder.

    Raises:
        ConfigurationError: neither a path nor a run.
    """

    path: str | Path | None = None

    def check(self, training: Training) -> None:
        """There must be a place to write to."""
        _check_path(self, self.path, training)

    def on_epoch_end(self, training: Training, record: EpochRecord) -> None:
        """Write the whole table, so that a resumed run repeats no line and misses none."""
        text = io.StringIO()
        names = [each.name for each in fields(EpochRecord)]
        table = csv.DictWriter(text, names, lineterminator="\n")
        table.writeheader()
        table.writerows(asdict(each) for each in training.history)
        path = _path(self.path, training, "history.csv")
        write_atomically(path, text.getvalue().encode())


def named(callbacks: Iterable[Callback]) -> dict[str, Callback]:
    """Each callback with a name of its own: its class, numbered from the second one on."""
    names: dict[str, Callback] = {}
    for callback in callbacks:
        name = kind = type(callback).__name__
        number = 1
        while name in names:
            number += 1
            name = f"{kind}{number}"
        names[name] = callback
    return names


def checked_callbacks(callbacks: Any) -> tuple[Callback, ...]:
    """The callbacks as a tuple.

    Raises:
        ConfigurationError: something that is no callback.
    """
    given: Sequence[Any] = tuple(callbacks) if isinstance(callbacks, Iterable) else (callbacks,)
    for callback in given:
        if not isinstance(callback, Callback):
            raise ConfigurationError(
                f"fit: callbacks must be callbacks such as EarlyStopping(), got {callback!r}"
            )
    return tuple(given)


def _check_path(callback: Callback, path: str | Path | None, training: Training) -> None:
    name = type(callback).__name__
    if path is None:
        if training.run is None:
            raise ConfigurationError(f"{name} needs a path, since the training has no run folder")
        return
    folder = Path(path).absolute().parent
    if not folder.is_dir() and (training.run is None or folder != training.run.absolute()):
        raise RunError(f"{name} cannot write {path}: there is no folder {folder}")


def _path(path: str | Path | None, training: Training, name: str) -> Path:
    if path is not None:
        return Path(path)
    assert training.run is not None
    return training.run / name
