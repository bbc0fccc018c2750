"""How a network was trained: its epochs, its test, and the film of its filters."""

from __future__ import annotations

from typing import Any

import numpy as np

from backlit.explain.words import json_number
from backlit.runs import Run
from backlit.runs.sentences import is_plain, training_words

from .document import tensor_data


def course(run: Run) -> dict[str, Any]:
    """What a page shows of a run's training."""
    history = run.history.to_dict()
    epochs = [
        {name: json_number(value) for name, value in epoch.items()} for epoch in history["epochs"]
    ]
    return {
        "epochs": epochs,
        "stopped": history["stopped"],
        "test": _test(run),
        "rule": run.settings.optimizer.to_config(),
        "words": training_words(run.settings),
        "plain": is_plain(run.settings),
        "film": _film(run),
    }


def _test(run: Run) -> dict[str, Any] | None:
    """How it did on its test images; None if that is not known."""
    result = run.test_result
    if result is None:
        return None
    return {name: json_number(result[name]) for name in ("accuracy", "loss", "images")}


def _film(run: Run) -> dict[str, Any] | None:
    frames = run.film
    if not frames:
        return None
    return {
        "steps": [frame.step for frame in frames],
        "losses": [json_number(frame.loss) for frame in frames],
        "accuracies": [json_number(frame.accuracy) for frame in frames],
        "weights": {
            name: tensor_data(np.stack([frame.weights[name] for frame in frames]))
            for name in frames[0].weights
        },
    }
