"""Whether a run may be continued: only as what it was begun as.

A resumed run reaches the weights that it would have reached without a pause.  That holds for the
same network, data, settings and callbacks.  The one setting that may change is the number of
epochs, as long as the schedule does not depend on it.

Bit for bit it holds with the same version of backlit and, on the fast engine, the same number of
threads and the same kind of processor: sums are added up in another order elsewhere.  A run may go
on there all the same, and says so.
"""

from __future__ import annotations

from typing import Any

from backlit.errors import RunError
from backlit.network import Network

from .checkpoint import Checkpoint
from .settings import Settings
from .state import arithmetic

_ADVICE = "give the same, or begin another run in another folder"


def check_same(run: Checkpoint, config: dict[str, Any]) -> None:
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


def other_arithmetic(run: Checkpoint, net: Network) -> str | None:
    """The sentence to be said where a run goes on with numbers whose last bits may differ.

    None if they will not, or if the run was saved by a version that did not write down what they
    depend on.
    """
    then, now = run.state.description.get("arithmetic"), arithmetic(net)
    if not isinstance(then, dict) or then == now:
        return None
    differing = [name for name in {**then, **now} if then.get(name) != now.get(name)]
    before, after = (
        ", ".join(f"{name} {values.get(name, 'unknown')}" for name in differing)
        for values in (then, now)
    )
    return (
        f"The run was saved with {before} and goes on with {after}: its weights may "
        "differ in their last bits from those that it would have reached without a pause."
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


def _check_epochs(run: Checkpoint, settings: Settings) -> None:
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
