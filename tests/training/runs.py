"""Runs that are begun, crash and go on in milliseconds."""

from pathlib import Path
from typing import Any

import pytest

import backlit as bl
from backlit.training import Callback, Training
from tests.training.problems import dense, floats

FILES = ["config.json", "history.json", "state.safetensors", "weights.safetensors"]


def train(folder: Path, net: bl.Network | None = None, data: Any = None, **options: Any) -> Any:
    """Two epochs of three steps."""
    arguments = {"epochs": 2, "batch_size": 5, "progress": False, "run": folder, **options}
    return bl.fit(net or dense(), data or floats(), **arguments)


def weights(folder: Path) -> bytes:
    return (folder / "weights.safetensors").read_bytes()


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


class Crash(Callback):
    """Ends the training with an error of its own at a step."""

    def __init__(self, step: int) -> None:
        self.step = step

    def on_step_end(self, training: Training) -> None:
        if training.step == self.step:
            raise ZeroDivisionError("on purpose")


def crash(folder: Path, step: int, *callbacks: Callback, **options: Any) -> None:
    with pytest.raises(ZeroDivisionError):
        train(folder, callbacks=[*callbacks, Crash(step)], **options)
