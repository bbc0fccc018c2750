"""A film of a training: its filters at some of its steps, and how well they did.

The frames lie closer together at the beginning, where the filters change most.  They are kept in
``film.safetensors`` in the run's folder: for each convolution ``NAME.weight`` of (frames, O, C/G,
kH, kW), and in the description the step, the mean loss and the accuracy of the epoch so far.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from backlit.errors import RunError
from backlit.network import Network
from backlit.network.saving import read_tensors, write_tensors
from backlit.training import Callback, EpochRecord, Training
from backlit.training.optimizers.base import Array

FILM = "film.safetensors"
FRAMES = 48
MOST = 20_000  # numbers of one frame
_EARLIER = 1.5  # the power with which steps grow from frame to frame


@dataclass
class Frame:
    """One moment.

    Attributes:
        step: how many steps had been done.
        loss: mean loss of the epoch so far; None before the first step.
        accuracy: share of the epoch's images so far that were right; None likewise.
        weights: the filters by parameter name.
    """

    step: int
    loss: float | None
    accuracy: float | None
    weights: dict[str, Array]


@dataclass
class Film(Callback):
    """Takes the frames of a training that has a run, and writes them after every epoch.

    Args:
        frames: how many there are to be, about.
    """

    frames: int = FRAMES
    taken: list[Frame] = field(default_factory=list, init=False)
    _due: set[int] = field(default_factory=set, init=False, repr=False)
    _rolling: bool = field(default=False, init=False, repr=False)

    def on_train_begin(self, training: Training) -> None:
        """Take the first frame; a run that is resumed does not need it."""
        total, last = training.total_steps, max(1, self.frames - 1)
        self._due = {round(total * (k / last) ** _EARLIER) for k in range(self.frames)}
        self.taken, self._rolling = [], False
        if training.run is not None:
            self._take(training)

    def on_step_end(self, training: Training) -> None:
        """Take a frame if one is due."""
        if training.run is None:
            return
        if not self._rolling and training.step > 1:  # resumed: go on from where it stood
            earlier = [frame for frame in read_film(training.run) if frame.step < training.step]
            self.taken = earlier if _fits(earlier, training.net) else []
        self._rolling = True
        if training.step in self._due:
            self._take(training)

    def on_epoch_end(self, training: Training, record: EpochRecord) -> None:
        """Write what there is; a film that cannot be written stops no training."""
        if training.run is not None and self.taken:
            try:
                write_film(training.run, self.taken)
            except RunError as problem:
                warnings.warn(f"the film of the filters is not kept: {problem}", stacklevel=2)

    def _take(self, training: Training) -> None:
        measured = [
            None if math.isnan(each) else each for each in (training.loss, training.accuracy)
        ]
        weights = {name: training.net.parameters[name].copy() for name in filmed(training.net)}
        self.taken.append(Frame(training.step, measured[0], measured[1], weights))


def _fits(frames: list[Frame], network: Network) -> bool:
    """Whether frames are of this network."""
    shapes = {name: network.parameters[name].shape for name in filmed(network)}
    return all(
        {name: array.shape for name, array in frame.weights.items()} == shapes for frame in frames
    )


def filmed(network: Network) -> list[str]:
    """The filters that a film shows: of the first convolutions, as many as a frame has room for."""
    found: list[str] = []
    count = 0
    for node in network.graph:
        if node.layer.has_filters:
            name = f"{node.name}.weight"
            count += network.parameters[name].size
            if found and count > MOST:
                break
            found.append(name)
    return found


def write_film(folder: Path, frames: list[Frame]) -> None:
    """Write a film into a run's folder.

    Raises:
        RunError: the file cannot be written.
    """
    names = frames[0].weights
    arrays = {name: np.stack([frame.weights[name] for frame in frames]) for name in names}
    description = {
        key: [getattr(frame, key) for frame in frames] for key in ("step", "loss", "accuracy")
    }
    write_tensors(folder / FILM, arrays, {"film": description})


def read_film(folder: Path) -> list[Frame]:
    """The frames of a run's film; none if it has no film that can be read.

    A film is something to look at: a run without one is whole.
    """
    if not (folder / FILM).is_file():
        return []
    try:
        arrays, description = read_tensors(folder / FILM)
        film: dict[str, Any] = description["film"]
        return [
            Frame(
                int(film["step"][k]),
                _measured(film["loss"][k]),
                _measured(film["accuracy"][k]),
                {name: array[k] for name, array in arrays.items()},
            )
            for k in range(len(film["step"]))
        ]
    except (RunError, KeyError, TypeError, ValueError, IndexError):
        return []


def _measured(value: Any) -> float | None:
    return None if value is None else float(value)
