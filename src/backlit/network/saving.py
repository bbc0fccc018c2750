"""A network in one file: the numbers as safetensors, the description as JSON in its header.

Safetensors holds names, shapes, dtypes and bytes and nothing that could run, so opening a file
from a stranger is safe.  Other programs can read the weights from it too.

Source: https://github.com/huggingface/safetensors (format description in its README).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as safetensors_bytes

from backlit.errors import RunError
from backlit.system.numbers import is_whole
from backlit.system.writing import write_atomically

from .engine import Array

FORMAT = 1  # of the description; a reader refuses a newer one
RUN_WEIGHTS = "weights.safetensors"  # the network's file inside a run's folder


def write_tensors(path: Path, tensors: dict[str, Array], description: dict[str, Any]) -> None:
    """Write named arrays and a JSON description to a safetensors file, atomically.

    Raises:
        RunError: the file cannot be written.
    """
    arrays = {name: np.asarray(array, order="C") for name, array in tensors.items()}
    text = json.dumps({"format": FORMAT, **description}, ensure_ascii=False)
    write_atomically(path, safetensors_bytes(arrays, {"backlit": text}))


def read_tensors(path: Path) -> tuple[dict[str, Array], dict[str, Any]]:
    """The arrays and the description that :func:`write_tensors` wrote.

    Raises:
        RunError: no such file, or one that backlit did not write.
    """
    check_file(path)
    try:
        with safe_open(path, framework="numpy") as file:
            text = (file.metadata() or {}).get("backlit")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, TypeError) as problem:
        raise RunError(
            f"{path} is no readable safetensors file, the form in which backlit saves networks: "
            f"{problem}"
        ) from None
    if text is None:
        raise RunError(f"{path} was not written by backlit: its header has no description")
    try:
        description = json.loads(text)
        version = description["format"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise RunError(f"{path} has a description that cannot be read") from None
    if not is_whole(version):
        raise RunError(f"{path} has a description of unknown format, {version!r}")
    if version > FORMAT:
        raise RunError(f"{path} was written by a newer backlit (format {version})")
    return tensors, description


def check_file(path: Path) -> None:
    """Make sure that a file is there and may be read, since safetensors says neither clearly.

    Raises:
        RunError: it is not; the message says why.
    """
    try:
        with path.open("rb"):
            return
    except (FileNotFoundError, NotADirectoryError):
        raise RunError(f"there is no file {path}") from None
    except OSError as problem:
        raise RunError(f"{path} cannot be read: {problem.strerror or problem}") from None
    except ValueError as problem:  # a name that no file can have, such as one with a zero byte
        raise RunError(f"{str(path)!r} cannot be read: {problem}") from None
