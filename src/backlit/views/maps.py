"""Small maps as grids of numbers, and a picture made of blocks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from backlit.equations import format_number
from backlit.explain import Grid, Patch

from .page import Page
from .palette import style_of
from .styles import FAINT, STRONG, sign_style

_TALLEST = 9  # rows of a grid that are shown
_ROW_LABEL = 4
_CELL = 7  # "[−12.3]"
_ZERO = "·"
_SHADES = " ░▒▓█"
_PLAIN_SHADES = " .:#@"
_LARGEST_PICTURE = 16  # rows and columns of a picture that are shown


@dataclass(frozen=True)
class Scale:
    """The unit that the numbers of a grid are shown in, and their decimals."""

    unit: float
    decimals: int

    def text(self, value: float | None) -> str:
        """A cell: "−12.3", "·" for exactly 0, empty where there is no number."""
        if value is None:
            return ""
        if value == 0:
            return _ZERO
        if not math.isfinite(value):
            return "NaN" if math.isnan(value) else ("∞" if value > 0 else "−∞")
        text = f"{value / self.unit:.{self.decimals}f}"
        return "0" if float(text) == 0 else text.replace("-", "−")


def scale_of(largest: float) -> Scale:
    """A unit (…, 0.001, 1, 1,000, …) in which the largest number has 1 to 3 digits."""
    if not (0 < largest < math.inf):
        return Scale(1.0, 1)
    power = 0 if 0.5 <= largest < 1000 else 3 * math.floor(math.log10(largest) / 3)
    unit = 10.0**power
    digits = math.floor(math.log10(largest / unit)) + 1
    return Scale(unit, min(max(3 - digits, 0), 2))


def zero_sign(page: Page) -> str:
    """What stands in a cell for exactly 0."""
    return page.fit(_ZERO).replace("*", ".")  # a plain * would be a times sign


def show_grid(
    page: Page,
    grid: Grid,
    indent: int = 0,
    explain_zero: bool = False,
    explain_mark: bool = False,
) -> None:
    """A grid with its title, around its marked cell where it is too large.

    Args:
        page: where it is written.
        grid: the numbers.
        indent: columns before each line.
        explain_zero: whether the title says what the sign for 0 means, where it is shown.
        explain_mark: whether it says so where the marked number is not the largest.
    """
    numbers = [abs(x) for row in grid.rows for x in row if x is not None and math.isfinite(x)]
    largest = max(numbers, default=0.0)
    scale = scale_of(largest)
    columns = max((page.width - indent - _ROW_LABEL) // _CELL, 1)
    height, width = len(grid.rows), len(grid.rows[0]) if grid.rows else 0
    row, column = grid.marked[0] if grid.marked else (height // 2, width // 2)
    shown_rows = _window(row, height, _TALLEST)
    shown_columns = _window(column, width, columns)
    shown = [grid.rows[i][j] for i in shown_rows for j in shown_columns]
    remarks = []
    if (len(shown_rows), len(shown_columns)) != (height, width):
        remarks.append(f"a part of {height}×{width}")
    if explain_zero and 0 in shown:
        remarks.append(f"{zero_sign(page)} is exactly 0")
    if explain_mark and grid.marked and abs(grid.rows[row][column] or 0) < largest:
        remarks.append("the thread's is not the largest here")
    title = _title(grid, scale) + (f" ({'; '.join(remarks)})" if remarks else "")
    page.say(f"{title}:", indent, style_of(grid.role))
    head = "".join(f"{j:>{_CELL - 1}} " for j in shown_columns)
    page.add((" " * _ROW_LABEL + head, FAINT), indent=indent)
    for i in shown_rows:
        line = Text(" " * indent + f"{i:>{_ROW_LABEL - 1}} ", FAINT)
        for j in shown_columns:
            value = grid.rows[i][j]
            text = zero_sign(page) if value == 0 else page.fit(scale.text(value))
            style = sign_style(value or 0.0, largest)
            if (i, j) in grid.marked:
                line.append(f"[{text}]".rjust(_CELL), f"reverse {style}".replace(FAINT, ""))
            else:
                line.append(f"{text} ".rjust(_CELL), style)
        page.add_text(line)


def _title(grid: Grid, scale: Scale) -> str:
    if scale.unit == 1:
        return grid.title
    small = f", in units of {format_number(scale.unit)}"
    return grid.title + (small if scale.unit < 1 else f", in {scale.unit:,.0f}s")


def _window(center: int, size: int, room: int) -> range:
    """At most ``room`` of ``size`` places, around ``center``."""
    room = min(room, size)
    start = min(max(center - room // 2, 0), size - room)
    return range(start, start + room)


def picture_lines(
    pixels: Sequence[Sequence[Sequence[float]]], patch: Patch | None, page: Page
) -> list[Text]:
    """A picture in blocks, two characters for a pixel, with marks around one part of it.

    The marks ▾ above and ▸ ◂ beside the picture show the columns and rows of the part.
    """
    rows = _gray(pixels)
    step = -(-max(len(rows), len(rows[0])) // _LARGEST_PICTURE)
    small = _shrunk(rows, step)
    shades = _PLAIN_SHADES if page.fit("█") != "█" else _SHADES
    patch = patch or Patch(0, 0, 0, 0)
    inside_rows = range(patch.top // step, -(-patch.bottom // step))
    inside_columns = range(patch.left // step, -(-patch.right // step))
    mark_row = "".join("▾▾" if j in inside_columns else "  " for j in range(len(small[0])))
    lines = [Text(page.fit(f"  {mark_row}  "), STRONG)]
    for i, row in enumerate(small):
        inside = i in inside_rows
        line = Text(page.fit("▸ ") if inside else "  ", STRONG)
        for j, value in enumerate(row):
            shade = shades[min(int(value * len(shades)), len(shades) - 1)]
            line.append(shade * 2, STRONG if inside and j in inside_columns else "")
        line.append(page.fit(" ◂") if inside else "  ", STRONG)
        lines.append(line)
    return lines


def _gray(pixels: Sequence[Sequence[Sequence[float]]]) -> list[list[float]]:
    """The mean of the channels, from 0 (smallest) to 1 (largest)."""
    mean = [
        [sum(values) / len(values) for values in zip(*rows, strict=True)]
        for rows in zip(*pixels, strict=True)
    ]
    low, high = min(map(min, mean)), max(map(max, mean))
    reach = high - low
    return [[(x - low) / reach if reach > 0 else 0.0 for x in row] for row in mean]


def _shrunk(rows: list[list[float]], step: int) -> list[list[float]]:
    """Each block of step × step pixels as its mean."""
    small = []
    for top in range(0, len(rows), step):
        block = rows[top : top + step]
        line = []
        for left in range(0, len(rows[0]), step):
            values = [x for row in block for x in row[left : left + step]]
            line.append(sum(values) / len(values))
        small.append(line)
    return small
