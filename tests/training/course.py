"""One training with everything that a resumed run must bring back, and what to compare of it.

As a program, ``python -m tests.training.course FOLDER [STOP_AT_STEP]``: begins the run in the
folder, or resumes it if it is there; at that step, counted over this process, it stands still.
"""

import json
import sys
import threading
from pathlib import Path
from typing import Any

import backlit as bl
from backlit.network.saving import read_tensors
from backlit.training import Callback, Training
from tests.training.problems import everything, floats

EPOCHS = 3


class StandStill(Callback):
    """Waits at a step for ever."""

    def __init__(self, step: int) -> None:
        self.left = step

    def on_step_end(self, training: Training) -> None:
        self.left -= 1
        if self.left == 0:
            threading.Event().wait()


def train(folder: Path, *more: Callback, **options: Any) -> bl.History:
    """Begin the run, or resume it if it is there; every step is saved."""
    callbacks = [bl.EarlyStopping("loss", patience=2), bl.BestCheckpoint("loss"), bl.CSVLog()]
    arguments: dict[str, Any] = {
        "validation": floats(5, seed=1),
        "epochs": EPOCHS,
        "batch_size": 4,
        "optimizer": bl.Adam(0.01),
        "schedule": bl.WarmUp(0.2, then=bl.CosineDecay()),
        "clip": 1.0,
        "seed": 3,
        "callbacks": [*callbacks, *more],
        "progress": False,
        "run": folder,
        "resume": (folder / "state.safetensors").exists(),
        "save_every": 0.0,
    }
    return bl.fit(everything(), floats(10), **{**arguments, **options})


def result(folder: Path) -> dict[str, Any]:
    """All that a finished run has left, without the time it took."""
    arrays, description = read_tensors(folder / "state.safetensors")
    description["position"].pop("seconds")
    for epoch in description["history"]["epochs"]:
        del epoch["seconds"], epoch["images_per_second"]
    table = (folder / "history.csv").read_text().splitlines()
    return {
        "names": sorted(path.name for path in folder.iterdir()),
        "weights": (folder / "weights.safetensors").read_bytes(),
        "best": (folder / "best.safetensors").read_bytes(),
        "config": json.loads((folder / "config.json").read_text()),
        "history": bl.History.from_dict(json.loads((folder / "history.json").read_text())),
        "log": [line.split(",")[:-2] for line in table],
        "state": {name: array.tobytes() for name, array in arrays.items()},
        "description": description,
    }


if __name__ == "__main__":
    train(Path(sys.argv[1]), *map(StandStill, map(int, sys.argv[2:])))
