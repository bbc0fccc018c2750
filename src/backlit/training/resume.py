"""Whether a run may be continued: only as what it was begun as.

A resumed run reaches the weights that it would have reached without a pause.  That holds for the
same network, data, settings and callbacks.  The one setting that may change is the number of
epochs, as long as the schedule does not depend on it.
"""

from __future__ import annotations

from typing import Any

from backlit.errors import RunError

from .run import Run
from .settings import Settings

_ADVICE = "give the same, or begin another run in another folder"


def check_same(run: Run, config: dict[str, Any]) -> None:
    """Make sure that a training described by ``config`` is the one that ``run`` was begun as.

    Raises:
        RunError: it is not; the message names the first difference.
    """
    _check_epochs(run, Settings.from_config(config["settings"]))
    for part in ("training", "validation"):
        if run.config["data"].get(part) != config["data"].get(part):
            raise RunError(
                f"the {part} images or labels are not those that the run in {run.folder} was begun "
                f"with ({_data(run.config['data'].get(part))}, now "
                f"{_data(config['data'].get(part))}): {_ADVICE}"
            )
    for part in ("engine", "network", "settings", "data", "callbacks"):
        then, now = run.config[part], config[part]
        if part == "settings":
            then, now = {**then, "epochs": None}, {**now, "epochs": None}
        difference = first_difference(then, now, "" if part == "settings" else part)
        if difference:
            name, before, after = difference
            raise RunError(
                f"the run in {run.folder} was begun with {name} {before!r}, not {after!r}: "
                f"{_ADVICE}"
            )


def first_difference(then: Any, now: Any, path: str = "") -> tuple[str, Any, Any] | None:
    """Where two JSON values first differ, and the two values there; None if they are equal."""
    if isinstance(then, dict) and isinstance(now, dict):
        for key in [*then, *(key for key in now if key not in then)]:
            inner = f"{path}.{key}" if path else key
            found = first_difference(then.get(key), now.get(key), inner)
            if found:
                return found
        return None
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        pairs = enumerate(zip(then, now, strict=True))
        found_all = (first_difference(a, b, f"{path}[{k}]") for k, (a, b) in pairs)
        return next(filter(None, found_all), None)
    return None if then == now else (path, then, now)


def _check_epochs(run: Run, settings: Settings) -> None:
    then, now = run.config["settings"]["epochs"], settings.epochs
    if then == now:
        return
    if settings.depends_on_epochs:
        raise RunError(
            f"the run in {run.folder} was begun with epochs {then}, not {now}, and its schedule "
            f"({type(settings.schedule).__name__}) depends on that number: {_ADVICE}"
        )
    position = run.state.description["position"]
    if (now, 0) < (position["epoch"], position["batch"]):
        raise RunError(
            f"the run in {run.folder} has already gone beyond epochs={now}: it has finished "
            f"{position['epoch']} epochs and {position['batch']} batches"
        )


def _data(fingerprint: dict[str, Any] | None) -> str:
    return f"{fingerprint['images']} images" if fingerprint else "none"
