"""Open a run's folder, or a network in a file."""

from __future__ import annotations

import os
from pathlib import Path

from backlit.errors import RunError
from backlit.network import Network, load
from backlit.network.engine import engine_or_default
from backlit.network.saving import RUN_WEIGHTS
from backlit.training import read_checkpoint
from backlit.training.checkpoint import STATE

from .run import Run


def open_run(
    folder: str | os.PathLike[str],
    *,
    engine: str | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    progress: bool = True,
) -> Run:
    """Open a training run: its network, its data, its history, and explanations by its own rule.

    Opening reads where the run stands; the network, the data set and the film are loaded when they
    are first asked for.  The folder is only read, never changed.

    Args:
        folder: the folder that ``backlit train --out`` or ``backlit.fit(run=...)`` has written.
        engine: who computes, "fast" or "pure".  By default the network is that of
            ``backlit.load(folder)``, and :meth:`Run.explain` takes the book for small networks.
        data_dir: where the run's data lies now, if it has moved.
        progress: whether to show it when a data set is downloaded.

    Raises:
        ConfigurationError: no such engine.
        RunError: the folder holds no run, or a damaged one.
    """
    path = _checked_path(folder)
    engine_or_default(engine)
    if path.is_file():
        raise RunError(f"{path} is a network without its data: give the folder of a run")
    if not path.exists():
        raise RunError(f"there is no run {path}")
    if not (path / STATE).is_file():
        raise RunError(f"{path} holds no run: it has no file {STATE}")
    return Run(read_checkpoint(path), engine=engine, data_dir=data_dir, progress=progress)


def open_network(path: str | os.PathLike[str], engine: str | None = None) -> Network:
    """Load the trained network of a run's folder, or of a file.

    Raises:
        ConfigurationError: no such engine.
        RunError: there is no network, or a damaged one.
    """
    path = Path(path)
    if not path.exists():
        raise RunError(f"there is no run {path}")
    if path.is_dir() and not (path / RUN_WEIGHTS).is_file():
        raise RunError(f"{path} holds no run: it has no file {RUN_WEIGHTS}")
    return load(path, engine)


def _checked_path(folder: object) -> Path:
    if not isinstance(folder, str | os.PathLike):
        raise RunError(f"a run is opened by the path of its folder, got {folder!r}")
    return Path(folder)
