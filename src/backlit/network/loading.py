"""The network that was saved to a file."""

from __future__ import annotations

from pathlib import Path

from backlit.errors import BacklitError, RunError

from .engine import Array, engine_or_default
from .network import Network
from .saving import RUN_WEIGHTS, read_tensors


def load(path: str | Path, engine: str | None = None) -> Network:
    """The network that was saved to a file, or that a run's folder holds.

    Raises:
        ConfigurationError: no such engine.
        RunError: no such file, or one that is not a backlit network.
    """
    engine = engine_or_default(engine)  # an unknown one is not the file's fault
    path = Path(path)
    path = path / RUN_WEIGHTS if path.is_dir() else path
    tensors, description = read_tensors(path)
    if "network" not in description:
        raise RunError(f"{path} describes no network")
    try:
        network = Network.from_config(description["network"], engine, tensors)
        _check_complete(network, tensors)
    except BacklitError as problem:
        raise RunError(f"{path} holds no usable network: {problem}") from None
    return network


def _check_complete(network: Network, tensors: dict[str, Array]) -> None:
    """Make sure that a file has running statistics, without which parameters can be loaded."""
    missing = sorted(network.buffers.keys() - tensors.keys())
    if missing:
        raise RunError(f"missing {', '.join(missing)}")
