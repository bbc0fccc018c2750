"""Many maps of one size, laid out in rows and columns."""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .colors import SOFT, Colors
from .figure import BAR_HEIGHT, MARGIN, SMALL, Head, Sheet, bar_width, text_width

ROOM = (7.6, 4.6)  # inches for all maps, width and height
_TALL = 6.2  # inches of height for rows of filters
NUMBERED = 0.36  # inches of a cell that has room for its number
_LARGEST = 0.42
_LABEL = 0.2  # inches above a map for its number
_WIDE_ENOUGH = 0.3  # inches of a map that can have a number above it
_ASPECT = 1.8  # width to height that looks best
_BETTER = 1.15  # how much larger cells must get for filters to be cut into one block more


class Tiles:
    """Where the maps (O, C, H, W) of O filters and C channels come to lie.

    One map for each filter: the maps run across, each with its number above.  Several: filters
    are rows and channels columns; many rows are cut into blocks that stand side by side.

    Args:
        shape: (O, C, H, W).
        room: inches of width and height that there are.

    Attributes:
        cell: inches of a cell's side.
        blocks: how many blocks of channels stand side by side.
        rows: how many rows of maps there are.
        corners: (O, C, 2), the left and upper edge of each map, in inches.
        size: (height, width) of all maps together, labels above them included.
    """

    def __init__(self, shape: tuple[int, ...], room: tuple[float, float] = ROOM) -> None:
        self.shape = shape
        self.single = shape[1] == 1
        self.blocks = self._best_blocks(room)
        self.rows = -(-shape[0] // self.blocks)
        self.cell = self._cell(self.blocks, room)
        self.labeled = shape[3] * self.cell >= _WIDE_ENOUGH
        self.corners = self._corners()
        edges = self.corners.reshape(-1, 2).max(0) + np.array(shape[:1:-1]) * self.cell
        self.size = (float(edges[1]), float(edges[0]))

    @property
    def tile(self) -> tuple[float, float]:
        """(height, width) of one map."""
        return self.shape[2] * self.cell, self.shape[3] * self.cell

    @property
    def above(self) -> float:
        """Inches above each map (if they are single) or above all that labels need."""
        return _LABEL if self.labeled or not self.single else 0.0

    @property
    def between(self) -> float:
        """Inches between two blocks, for numbers of rows."""
        return 0.0 if self.single else 0.36

    def _gap(self, side: int) -> float:
        """Cells between two maps of so many cells."""
        return 0.12 * side + (0.15 if side > 1 else 0.1)

    def _cell(self, blocks: int, room: tuple[float, float]) -> float:
        filters, channels, height, width = self.shape
        rows = -(-filters // blocks)
        columns = blocks * channels
        across = columns * width + (columns - 1) * self._gap(width)
        down = rows * height + (rows - 1) * self._gap(height)
        labels = rows * _LABEL if self.single else _LABEL
        tall = room[1] if self.single else _TALL
        high = max(tall - labels, 0.5 * tall) / down
        wide = (room[0] - (blocks - 1) * self.between) / across
        return min(_LARGEST, wide, high)

    def _best_blocks(self, room: tuple[float, float]) -> int:
        """As many as give the largest cells; of those, full rows that are wider than high."""
        possible = range(1, self.shape[0] + 1)
        if not self.single:
            best = 1
            for blocks in possible:
                if self._cell(blocks, room) > self._cell(best, room) * _BETTER:
                    best = blocks
            return best
        largest = max(self._cell(blocks, room) for blocks in possible)
        good = [b for b in possible if self._cell(b, room) > 0.85 * largest]
        full = [b for b in good if self.shape[0] % b == 0] or good
        return min(full, key=lambda b: abs(log(b * self.shape[3] / self._high(b) / _ASPECT)))

    def _high(self, blocks: int) -> float:
        """About how many cells the maps are high."""
        return -(-self.shape[0] // blocks) * (self.shape[2] + 0.5)

    def _place(self, o: int) -> tuple[int, int]:
        """The row and the block of a filter."""
        return divmod(o, self.blocks) if self.single else (o % self.rows, o // self.rows)

    def _corners(self) -> NDArray[Any]:
        filters, channels, height, width = self.shape
        step = (width + self._gap(width)) * self.cell
        down = (height + self._gap(height)) * self.cell + (self.above if self.single else 0)
        places = np.array([self._place(o) for o in range(filters)])
        block = channels * step + self.between
        lefts = places[:, 1, None] * block + np.arange(channels) * step
        tops = places[:, :1] * down + self.above + np.zeros((1, channels))
        return np.stack([lefts, tops], axis=-1)

    def labels(self, sheet: Sheet, left: float, top: float, names: tuple[str, str]) -> None:
        """Number the maps, or the rows and the columns; ``names`` are what these are."""
        if self.single and self.labeled:
            for o, (x, y) in enumerate(self.corners[:, 0]):
                center = left + x + self.tile[1] / 2
                sheet.text(center, top + y - 0.05, str(o), SMALL, SOFT, ha="center")
            return
        self._row_labels(sheet, left, top)
        if not self.single:
            self._column_labels(sheet, left, top, names[1])

    def _row_labels(self, sheet: Sheet, left: float, top: float) -> None:
        """A number before every row, or every few rows where there is no room for all."""
        pitch = self.tile[0] + self._gap(self.shape[2]) * self.cell
        every = _every(0.17 / pitch)
        for o in range(self.shape[0]):
            row, block = self._place(o)
            if row % every == 0 and (block == 0 or not self.single):
                x, y = self.corners[o, 0]
                center = top + y + self.tile[0] / 2
                sheet.text(
                    left + x - 0.06, center, str(o), SMALL, SOFT, ha="right", va="center_baseline"
                )

    def _column_labels(self, sheet: Sheet, left: float, top: float, name: str) -> None:
        pitch = self.tile[1] + self._gap(self.shape[3]) * self.cell
        widest = text_width(str(self.shape[1] - 1), SMALL) + 0.08
        every = _every(widest / pitch)
        for block in range(self.blocks):
            first = block * self.rows
            if first < self.shape[0]:
                for c in range(0, self.shape[1], every):
                    x, y = self.corners[first, c]
                    center = left + x + self.tile[1] / 2
                    sheet.text(center, top + y - 0.05, str(c), SMALL, SOFT, ha="center")


def _every(least: float) -> int:
    """The first of 1, 2, 5, 10, 20, … that is not smaller."""
    found = 1
    while found < least:
        found = found * 5 // 2 if str(found).startswith("2") else found * 2
    return found


def tile_figure(
    head: tuple[str, str, list[str]],
    maps: NDArray[Any],
    colors: Colors,
    label: str,
    names: tuple[str, str] = ("", ""),
    picture: NDArray[Any] | None = None,
) -> Sheet:
    """A figure of maps with one scale.

    Args:
        head: title, role and lines.
        maps: (O, C, H, W).
        colors: of the numbers.
        label: what the numbers are, for the bar.
        names: of what the rows are, and the columns; "" where that is known.
        picture: what the maps were made of, (H, W) or (H, W, 3), from 0 to 1.
    """
    tiles = Tiles(maps.shape, (ROOM[0] - (1.6 if picture is not None else 0), ROOM[1]))
    height, width = tiles.size
    axis = 0.0 if tiles.single and tiles.labeled else 0.35
    axis += 0.25 if names[0] else 0
    before = 1.6 if picture is not None else 0.0
    inner = before + axis + width
    numbered = tiles.cell >= NUMBERED
    zeros = ["· is exactly 0"] if numbered and (maps == 0).any() else []
    heading = Head(head[0], head[1], [*head[2], *zeros], width=inner)
    over = 0.22 if names[1] else 0.0
    top = MARGIN + heading.height + over
    body = max(height, 1.3 + 0.25 if picture is not None else 0)
    total = top + body + 0.2 + BAR_HEIGHT + MARGIN - 0.1
    sheet = Sheet(max(inner, heading.width, 3.4) + 2 * MARGIN, total)
    sheet.figure.set_label(head[0])
    heading.draw(sheet, MARGIN, MARGIN - 0.05)
    left = MARGIN + before + axis
    if picture is not None:
        _thumbnail(sheet, picture, top)
    corners = tiles.corners + np.array([left, top])
    sheet.cells(maps, corners, tiles.cell, colors, label)
    if numbered:
        for o, c in np.ndindex(*maps.shape[:2]):
            x, y = corners[o, c]
            sheet.numbers(maps[o, c], (float(x), float(y)), tiles.cell, colors)
    sheet.frames(corners, tiles.tile, head[1])
    tiles.labels(sheet, left, top, names)
    if names[0]:
        middle = top + tiles.above + (height - tiles.above) / 2
        sheet.text(
            MARGIN + 0.1, middle, names[0], SMALL, SOFT, rotation=90, va="center", ha="center"
        )
    if names[1]:
        sheet.text(left, top - 0.06, names[1], SMALL, SOFT)
    sheet.bar(left, top + body + 0.2, bar_width(width), colors, label)
    return sheet


def _thumbnail(sheet: Sheet, picture: NDArray[Any], top: float) -> None:
    """The picture that the network looked at, at the left."""
    cell = 1.25 / max(picture.shape[:2])
    sheet.text(MARGIN, top + _LABEL - 0.05, "the picture", SMALL, SOFT)
    sheet.picture(picture, (MARGIN, top + _LABEL), cell)
