"""How a run did on images that it was not trained on: ``test.json`` in its folder.

``fit`` does not know such images; whoever has them writes the file when the training is over.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from backlit.network.saving import write_atomically

from .run import Run

TEST = "test.json"


def write_test(folder: Path, result: Mapping[str, Any] | None) -> None:
    """Leave a result in a run's folder.

    Args:
        folder: the run's.
        result: ``images``, ``loss``, ``accuracy``, and after which ``epoch``; None if there were
            no images to test on.

    Raises:
        RunError: the file cannot be written.
    """
    text = json.dumps(result, indent=2)
    write_atomically(folder / TEST, f"{text}\n".encode())


def read_test(run: Run) -> dict[str, Any] | None:
    """What :func:`write_test` wrote, unless the run has gone on since; None if nothing usable."""
    try:
        result = json.loads((run.folder / TEST).read_text(encoding="utf-8"))
        known = {name: result[name] for name in ("images", "loss", "accuracy", "epoch")}
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return known if _is_result(known) and known["epoch"] == len(run.history) else None


def _is_result(known: Mapping[str, Any]) -> bool:
    """Whether these are numbers that can have been measured; a loss may be infinite or NaN."""
    if not all(type(value) in (int, float) for value in known.values()):  # bool is neither
        return False
    return isinstance(known["images"], int) and known["images"] > 0 and 0 <= known["accuracy"] <= 1
