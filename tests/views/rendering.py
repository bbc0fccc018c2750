"""How tests look at what is rendered."""

import io
from typing import Any

from rich.cells import cell_len
from rich.console import Console


def plain_lines(renderable: Any, width: int, encoding: str = "utf-8") -> list[str]:
    """The lines as they reach a pipe."""
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    Console(file=file, width=width).print(renderable)
    file.flush()
    assert isinstance(file.buffer, io.BytesIO)
    return file.buffer.getvalue().decode(encoding).split("\n")


def widest(lines: list[str]) -> int:
    """The columns that the longest line takes."""
    return max(map(cell_len, lines))


def words(lines: list[str]) -> str:
    """The text without its line breaks."""
    return " ".join(" ".join(lines).split())
