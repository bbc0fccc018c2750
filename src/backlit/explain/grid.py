"""Small maps of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .jsonable import json_rows
from .part import Subtotal


@dataclass(frozen=True)
class Grid:
    """A small map of numbers.

    Attributes:
        title: what it shows.
        role: the colour role of its numbers, as in equations: "tensor:X", "error:dY", ...
        rows: the numbers; None where there is none.
        marked: (row, column) of the cells that are spoken of.
    """

    title: str
    role: str
    rows: tuple[tuple[float | None, ...], ...]
    marked: tuple[tuple[int, int], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """For JSON: the fields."""
        return {
            "title": self.title,
            "role": self.role,
            "rows": json_rows(self.rows),
            "marked": [list(cell) for cell in self.marked],
        }


def position_grid(title: str, role: str, groups: Sequence[Subtotal]) -> Grid | None:
    """Subtotals by (row, column) as a map, the largest marked; None where there is but one."""
    cells = {tuple(group.index.values()): group.total for group in groups}
    if len(cells) < 2:
        return None
    height, width = (1 + max(cell[k] for cell in cells) for k in (0, 1))
    rows = tuple(tuple(cells.get((i, j)) for j in range(width)) for i in range(height))
    row, column = max(cells, key=lambda cell: abs(cells[cell]))
    return Grid(title, role, rows, ((row, column),))
