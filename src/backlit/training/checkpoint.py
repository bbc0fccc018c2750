"""The checkpoint that a training leaves in its folder, and from which it can be continued.

    config.json           how it was begun: network, settings, data, versions
    history.json          the finished epochs
    weights.safetensors   the network to use; ``backlit.load(folder)`` reads it
    state.safetensors     everything that the next step depends on, config and history included

``state.safetensors`` alone decides where the run stands; see :mod:`.saver`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backlit.errors import BacklitError, ParameterError, RunError
from backlit.network import Network
from backlit.network.saving import read_tensors

from .history import History
from .optimizers.base import Array
from .settings import Settings
from .state import State, checked_count, checked_position

CONFIG, HISTORY, STATE = "config.json", "history.json", "state.safetensors"
_PARTS = {  # of a run's config, and what they are
    "engine": str,
    "network": dict,
    "settings": dict,
    "callbacks": list,
    "data": dict,
    "description": dict,
    "versions": dict,
}


@dataclass(frozen=True)
class Checkpoint:
    """How a run was begun and where it stands, as its folder keeps it.

    Attributes:
        folder: the run's folder.
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

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do."""
        epoch: int = self.state.description["position"]["epoch"]
        return epoch >= self.config["settings"]["epochs"] or self.history.stopped is not None

    @property
    def config_trouble(self) -> str:
        """What is the matter with ``config.json``, in a few words; "" if nothing is.

        The file is there for readers: a run is opened from its state, which holds the same.  So a
        damaged file does no harm, but whoever changes it has to know that nothing follows.  Of a
        run that is under way the file may be one of before.
        """
        path = self.folder / CONFIG
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return "is missing" if self.finished else ""
        except OSError as problem:
            return f"cannot be read ({problem.strerror})"
        except UnicodeDecodeError:
            return "is no text in UTF-8"
        except json.JSONDecodeError as problem:
            where = f"line {problem.lineno}, column {problem.colno}"
            return f"is no valid JSON ({problem.msg}: {where})"
        except RecursionError:
            return "is no valid JSON (too deeply nested)"
        if not isinstance(found, dict):
            return f"must hold an object, got {type(found).__name__}"
        missing = [name for name in self.config if name not in found]
        if missing:
            return f"lacks {', '.join(missing)}"
        ours = self.config.get("format")
        if found.get("format") != ours:
            return f"has format {found.get('format')!r:.40}, and the run's is {ours!r}"
        changed = [name for name, value in self.config.items() if found[name] != value]
        if changed and self.finished:
            return f"does not say what the run was begun with ({', '.join(changed)})"
        return ""

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


def read_checkpoint(folder: str | Path) -> Checkpoint:
    """The checkpoint in a run's folder.

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
    found = Checkpoint(folder, description["config"], State(arrays, description))
    try:
        _check_description(found)
    except (BacklitError, ValueError, TypeError, KeyError, AttributeError) as problem:
        raise RunError(f"{folder / STATE} is no state of a training: {problem}") from None
    return found


def _check_description(found: Checkpoint) -> None:
    """Make sure that a run's description can be worked with, whoever wrote it."""
    for part, kind in _PARTS.items():
        if not isinstance(found.config[part], kind):
            raise ValueError(f"its {part} cannot be {found.config[part]!r}")
    for part in ("training", "validation"):
        data = found.config["data"].get(part)
        if data is not None:
            checked_count("images", data["images"])
    json.dumps(found.config, allow_nan=False)  # as it will be written again
    checked_position(found.state.description["position"])
    found.settings, found.finished  # noqa: B018 - reading them is what is checked
