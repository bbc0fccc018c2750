"""Write a run's files while it is trained.

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
from pathlib import Path
from typing import Any

import numpy as np

from backlit.errors import ConfigurationError, RunError
from backlit.network.saving import RUN_WEIGHTS, write_tensors
from backlit.system.version import __version__
from backlit.system.writing import write_atomically

from .checkpoint import CONFIG, HISTORY, STATE
from .examples import Data
from .locking import LOCK, RunLock
from .state import State, capture
from .training import Training

_FORMAT = 1  # of config.json
_UNFINISHED = re.compile(r"\..+\.(json|safetensors|csv)\.[a-z0-9_]{8}")


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
            "backlit": __version__,
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
