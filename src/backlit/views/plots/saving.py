"""Figures as files: the same figure gives the same bytes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from backlit.errors import ConfigurationError
from backlit.system.writing import write_atomically

from .figure import own_style

# What is written into each kind of file beside the figure; nothing that changes with the day.
_METADATA: dict[str, dict[str, Any]] = {
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
    "png": {},
}
ENDINGS = tuple(f".{kind}" for kind in _METADATA)


def kind_of(path: str | Path) -> str:
    """Which kind of file a name asks for: "svg", "pdf" or "png".

    Raises:
        ConfigurationError: another one.
    """
    ending = Path(path).suffix.lower()
    if ending in ENDINGS:
        return ending[1:]
    raise ConfigurationError(
        f"a figure's file ends with {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}, not with "
        f"{ending or 'nothing'}, as {str(path)!r} does"
    )


def content(figure: Figure, kind: str, title: str = "") -> bytes:
    """A figure as the content of a file; "svg", "pdf" or "png"."""
    buffer = io.BytesIO()
    metadata = {**_METADATA[kind], "Title": title}
    with own_style():
        figure.savefig(buffer, format=kind, metadata=metadata)
    return buffer.getvalue()


def save(figure: Figure, path: str | Path) -> int:
    """Write a figure to a file, atomically; how many bytes it has.

    Args:
        figure: from one of the functions of this package.
        path: a name that ends with .svg, .pdf or .png.

    Raises:
        ConfigurationError: the name ends with something else.
        RunError: the file cannot be written.
    """
    kind = kind_of(path)
    data = content(figure, kind, str(figure.get_label()))
    write_atomically(Path(path), data)
    return len(data)
