"""A run: the folder that a training leaves behind, and from which it can be continued.

    config.json           how it was begun: network, settings, data, versions
    history.json          the finished epochs
    weights.safetensors   the network to use; ``backlit.load(folder)`` reads it
    state.safetensors     everything that the next step depends on, config and history included

Each file is replaced in one step.  ``state.safetensors`` alone decides where the run stands and
is written last, so whenever a process is killed, what can be continued is whole; the other files
are written anew from it when the run is resumed.
"""

from __future__ import annotations

import json
import platform
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import backlit
from backlit.errors import BacklitError, ConfigurationError, ParameterError, RunError
from backlit.network import Network
from backlit.network.saving import RUN_WEIGHTS, read_tensors, write_atomically, write_tensors

from .examples import Data
from .history import History
from .locking import LOCK, RunLock
from .optimizers.base import Array
from .settings import Settings
from .state import State, capture, checked_count, checked_position
from .training import Training

CONFIG, HISTORY, STATE = "config.json", "history.json", "state.safetensors"
_FORMAT = 1  # of config.json
_PARTS = {  # of a run's config, and what they are
    "engine": str,
    "network": dict,
    "settings": dict,
    "callbacks": list,
    "data": dict,
    "description": dict,
    "versions": dict,
}
_UNFINISHED = re.compile(r"\..+\.(json|safetensors|csv)\.[a-z0-9_]{8}")


@dataclass(frozen=True)
class Run:
    """A run as it was found in its folder.

    Attributes:
        folder: where it is.
        config: how it was begun, as in ``config.json``.
        state: everything that its next step depends on.
    """

    folder: Path
    config: dict[str, Any]
    state: State

    @property
    def settings(self) -> Settings:
        """The settings it was begun with."""
        return Settings.from_config(self.config["settings"])

    @property
    def history(self) -> History:
        """The finished epochs."""
        return History.from_dict(self.state.description["history"])

    def optimizer_state(self, parameter: str) -> dict[str, Array]:
        """What the optimizer keeps for one parameter: ``{"momentum": …}``; {} if it is not known.

        It belongs to the parameters that the next step would begin from; callbacks may have left
        others, such as the best ones, for use.
        """
        prefix = f"optimizer.{parameter}."
        arrays = self.state.arrays
        return {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}

    def state_for(self, parameter: str, values: Array) -> dict[str, Array] | None:
        """The optimizer's state for a parameter if it belongs to these values of it; else None.

        Where a callback has left other weights, as early stopping does, it is not theirs.
        """
        kept = self.state.arrays.get(f"parameters.{parameter}")
        if kept is None or not np.array_equal(kept, values):
            return None
        return self.optimizer_state(parameter) or None

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do."""
        epoch: int = self.state.description["position"]["epoch"]
        return epoch >= self.config["settings"]["epochs"] or self.history.stopped is not None

    def network(self, engine: str | None = None) -> Network:
        """A network like the run's, with the weights that the next step begins from.

        Raises:
            RunError: the state does not hold them.
        """
        try:
            return Network.from_config(
                self.config["network"], engine or self.config["engine"], self.state.network_arrays
            )
        except ParameterError as problem:
            raise RunError(f"{self.folder / STATE} holds no usable network: {problem}") from None


def read_run(folder: str | Path) -> Run:
    """The run in a folder.

    Raises:
        RunError: there is none, or its state cannot be read.
    """
    folder = Path(folder)
    if not (folder / STATE).is_file():
        raise RunError(f"there is no run to resume in {folder}: it has no file {STATE}")
    arrays, description = read_tensors(folder / STATE)
    missing = {"config", "position", "history", "callbacks", "training_step"} - description.keys()
    if missing:
        raise RunError(f"{folder / STATE} is no state of a training: it lacks {sorted(missing)}")
    run = Run(folder, description["config"], State(arrays, description))
    try:
        _check_description(run)
    except (BacklitError, ValueError, TypeError, KeyError, AttributeError) as problem:
        raise RunError(f"{folder / STATE} is no state of a training: {problem}") from None
    return run


def _check_description(run: Run) -> None:
    """Make sure that a run's description can be worked with, whoever wrote it."""
    for part, kind in _PARTS.items():
        if not isinstance(run.config[part], kind):
            raise ValueError(f"its {part} cannot be {run.config[part]!r}")
    for part in ("training", "validation"):
        data = run.config["data"].get(part)
        if data is not None:
            checked_count("images", data["images"])
    json.dumps(run.config, allow_nan=False)  # as it will be written again
    checked_position(run.state.description["position"])
    run.settings, run.history  # noqa: B018 - reading them is what is checked


def check_new(folder: Path) -> None:
    """A new run begins in an empty folder, or in one that is not there yet.

    Raises:
        RunError: the folder holds a run or something else, or it is a file.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise RunError(f"{folder} is a file; a run needs a folder of its own")
    if (folder / STATE).is_file():
        raise RunError(
            f"{folder} already holds a run: continue it with resume=True, or choose another folder"
        )
    others = sorted(path.name for path in folder.iterdir() if not _is_nothing(path))
    if others:
        raise RunError(
            f"{folder} is not empty and holds no run (there is {others[0]}): choose another folder"
        )


def describe(
    training: Training, data: Data, description: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What ``config.json`` says of a training, ``description`` being the caller's words.

    Raises:
        ConfigurationError: a description that JSON cannot hold.
    """
    normalization = data.normalization
    config = {
        "format": _FORMAT,
        "engine": training.net.engine,
        "network": {
            **training.net.config(),
            "normalization": normalization.to_config() if normalization else None,
        },
        "settings": training.settings.to_config(),
        "callbacks": [c for c in (each.config() for each in training.callbacks) if c is not None],
        "data": data.fingerprint(),
        "description": dict(description or {}),
        "versions": {
            "backlit": backlit.__version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
        },
    }
    try:
        # As it will be read again: tuples have become lists.
        as_read: dict[str, Any] = json.loads(json.dumps(config, allow_nan=False))
    except (TypeError, ValueError) as problem:
        raise ConfigurationError(
            f"fit: the description and the callbacks' options must be what JSON can hold: {problem}"
        ) from None
    return as_read


class Saver:
    """Writes a run's files; without a run, nothing.

    Args:
        folder: the run's, or None.
        config: of the run.
        every: seconds between two saves of the state inside an epoch.
        lock: taken when a new run begins.
    """

    def __init__(
        self, folder: Path | None, config: dict[str, Any], every: float, lock: RunLock
    ) -> None:
        self._folder = folder
        self._lock = lock
        self._config = config
        self._every = every
        self._saved = time.monotonic()

    def begin(self, training: Training) -> None:
        """Make the folder and write all files; first the one that makes it a run."""
        if self._folder is None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            reason = problem.strerror or problem
            raise RunError(f"the folder {self._folder} cannot be made: {reason}") from None
        self._lock.take(self._folder)
        self._remove_leftovers()
        self._save_state(capture(training))
        self._save_results(training)

    def resume(self, training: Training) -> None:
        """Write the files that a killed process may have left behind the state."""
        if self._folder is not None:
            self._remove_leftovers()
            self._save_results(training)

    def save(self, training: Training, state: State | None = None) -> None:
        """All files; ``state``, where it is given, instead of the training's own."""
        if self._folder is not None:
            self._save_results(training)
            self._save_state(state or capture(training))

    def save_state(self, training: Training) -> None:
        """The state alone; the network to use stays that of the last finished epoch."""
        if self._folder is not None:
            self._save_state(capture(training))

    def save_if_due(self, training: Training) -> None:
        """The state alone, if the last save is long ago."""
        if time.monotonic() - self._saved >= self._every:
            self.save_state(training)

    def capture(self, training: Training) -> State | None:
        """The training's state, if there is a run to save it in."""
        return capture(training) if self._folder is not None else None

    def _save_state(self, state: State) -> None:
        assert self._folder is not None
        description = {"config": self._config, **state.description}
        write_tensors(self._folder / STATE, state.arrays, description)
        self._saved = time.monotonic()

    def _save_results(self, training: Training) -> None:
        assert self._folder is not None
        training.net.save(self._folder / RUN_WEIGHTS)
        _write_json(self._folder / CONFIG, self._config)
        _write_json(self._folder / HISTORY, training.history.to_dict())

    def _remove_leftovers(self) -> None:
        """Files that a process was killed in the middle of, which never got their name."""
        assert self._folder is not None
        for path in self._folder.iterdir():
            if _is_leftover(path):
                path.unlink(missing_ok=True)


def _is_leftover(path: Path) -> bool:
    """A file on its way to its name, such as ``.state.safetensors.x3k_9aq1``."""
    return path.is_file() and _UNFINISHED.fullmatch(path.name) is not None


def _is_nothing(path: Path) -> bool:
    """What may be in a folder that counts as empty."""
    return path.name == LOCK or _is_leftover(path)


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    write_atomically(path, f"{text}\n".encode())
