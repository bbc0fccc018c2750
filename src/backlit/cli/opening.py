"""Open what a command is pointed to: a run's folder, or a network in a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from backlit.errors import ConfigurationError, RunError

_QUICK = 5_000_000  # multiply-adds, forward, that the book needs about a second for
_DESCRIBED = {"engine", "network", "settings", "callbacks", "data", "description", "versions"}

if TYPE_CHECKING:
    from backlit.network import Network
    from backlit.training import Run


def open_network(path: Path, engine: str | None = None) -> Network:
    """The trained network of a run, or of a file.

    Raises:
        RunError: there is none.
    """
    from backlit.network import load
    from backlit.network.saving import RUN_WEIGHTS

    if not path.exists():
        raise RunError(f"there is no run {path}")
    if path.is_dir() and not (path / RUN_WEIGHTS).is_file():
        raise RunError(f"{path} holds no run: it has no file {RUN_WEIGHTS}")
    return load(path, engine)


def open_to_explain(path: Path, engine: str | None, images: int) -> Network:
    """The trained network, to be looked into with so many images.

    Unless an engine is asked for, a small network is explained by the book: it computes in float64,
    so that a nudge measures a slope and not rounding, and it has nothing to compile.

    Raises:
        RunError: there is none.
    """
    from backlit.network.engine import VARIABLE

    if engine or os.environ.get(VARIABLE):
        return open_network(path, engine)
    network = open_network(path, "pure")
    if network.summary().multiply_adds * images > _QUICK:
        return open_network(path)
    return network


def open_run(folder: Path) -> Run:
    """A run: how it was begun, and where it stands.

    Raises:
        RunError: there is none, or its description is damaged.
    """
    from backlit.training import read_run

    if folder.is_file():
        raise RunError(f"{folder} is a network without its data: give the folder of a run")
    run = read_run(folder)
    lacking = _DESCRIBED - run.config.keys()
    if lacking:
        raise RunError(f"the description of the run in {folder} lacks {', '.join(sorted(lacking))}")
    try:
        run.settings  # noqa: B018 - read here, so that a damaged one is found before anything else
    except ConfigurationError as problem:
        raise RunError(f"the description of the run in {folder} is damaged: {problem}") from None
    return run
