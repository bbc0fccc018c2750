"""The style that all figures share, and the sheet that they are drawn on."""

from __future__ import annotations

import textwrap
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import matplotlib.style
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from numpy.typing import NDArray

from .colors import INK, LINE, SOFT, Colors, hue, softened

TITLE, BODY, SMALL, CELL = 14.0, 10.5, 9.0, 8.0  # sizes of letters, in points
MARGIN = 0.3
_LINE = 0.21  # from one line of words to the next
_BAR = 0.13
_SHORTEST_BAR = 1.6
PLAIN = "#e4e7eb"  # a square without a number
HAIR = "#aab2bd"
_SMALL = 0.25  # inches of a map
_MANY = 5_000  # cells; more of them are drawn as pixels, also in a file of lines

STYLE: dict[str, Any] = {
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.labelsize": BODY,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.unicode_minus": True,
    "figure.dpi": 200,
    "figure.facecolor": "white",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial"],
    "font.size": BODY,
    "legend.fontsize": BODY,
    "pdf.fonttype": 42,  # letters stay letters
    "savefig.dpi": "figure",
    "svg.fonttype": "none",
    "svg.hashsalt": "backlit",  # the same figure gives the same bytes
    "text.color": INK,
    "text.parse_math": False,  # a class may be called "$5"
    "xtick.color": SOFT,
    "xtick.labelcolor": INK,
    "xtick.labelsize": SMALL,
    "ytick.color": SOFT,
    "ytick.labelcolor": INK,
    "ytick.labelsize": SMALL,
}


@contextmanager
def own_style() -> Iterator[None]:
    """Draw with this style alone, whatever matplotlib's settings are; they come back after it."""
    with matplotlib.style.context(["default", STYLE]), warnings.catch_warnings():
        # A class may be named in signs that the font lacks; an SVG's reader may have them.
        warnings.filterwarnings("ignore", "Glyph .* missing from")
        yield


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of so many inches that needs no display."""
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


@lru_cache(maxsize=4096)  # the style is always the same, and figures ask for many words twice
def text_width(text: str, size: float, bold: bool = False) -> float:
    """How many inches a line of words takes in this style."""
    if not text.strip():
        return 0.0
    letters = FontProperties(weight="bold" if bold else "normal")
    return _path_width(TextPath((0, 0), text, size=size, prop=letters)) / 72


def _path_width(path: Path) -> float:
    """The width of ``path.get_extents()``, which solves an equation for each of its curves.

    A curve lies between its control points.  So where points on the curves are the leftmost and
    the rightmost of all, as in nearly all letters, there is nothing to solve.
    """
    codes = np.asarray(path.codes)
    x = np.asarray(path.vertices)[:, 0]
    curved = codes == Path.CURVE3  # in pairs: a control point, and where the curve ends
    seen = codes != Path.CLOSEPOLY  # whose point means nothing
    passed = seen & ~(curved & (np.cumsum(curved) % 2 == 1))
    low, high = x[seen].min(), x[seen].max()
    if (codes == Path.CURVE4).any() or x[passed].min() > low or x[passed].max() < high:
        return float(path.get_extents().width)
    return float(high - low)


def wrapped(lines: list[str], width: float) -> list[str]:
    """The same words in lines of at most so many inches, as far as words allow."""
    letters = max(int(width * 72 / (0.6 * BODY)), 30)
    return [part for line in lines for part in textwrap.wrap(line, letters) or [""]]


class Head:
    """The title of a figure and the lines below it.

    Args:
        title: what is drawn.
        role: whose hue the title has.
        lines: what should be known of it.
        width: inches of what stands below, which the lines try to keep to.
    """

    def __init__(self, title: str, role: str, lines: list[str], width: float) -> None:
        self.title, self.role = title, role
        self.lines = wrapped([line for line in lines if line], max(width, 5.0))
        widths = [text_width(title, TITLE, bold=True), *(text_width(x, BODY) for x in self.lines)]
        self.width = max(widths)
        self.height = 0.32 + _LINE * len(self.lines) + 0.18

    def draw(self, sheet: Sheet, left: float, top: float) -> None:
        """Write it."""
        sheet.text(left, top + 0.2, self.title, TITLE, hue(self.role), weight="bold")
        for number, line in enumerate(self.lines, start=1):
            sheet.text(left, top + 0.25 + _LINE * number, line, BODY, SOFT)


class Sheet:
    """A figure on which things are placed in inches from its upper left corner.

    Args:
        width: in inches.
        height: in inches.
    """

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.figure = new_figure(width, height)
        self.axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0), label="sheet")
        self.axes.set_xlim(0, width)
        self.axes.set_ylim(height, 0)
        self.axes.set_autoscale_on(False)
        self.axes.set_axis_off()

    def text(
        self, x: float, y: float, text: str, size: float = BODY, color: str = INK, **more: Any
    ) -> None:
        """Words on the line ``y``, from ``x`` on unless ``ha`` says otherwise."""
        self.axes.text(x, y, text, fontsize=size, color=color, **more)

    def cells(
        self,
        values: NDArray[Any],
        corners: NDArray[Any],
        cell: float,
        colors: Colors,
        label: str,
        shown: NDArray[np.bool_] | None = None,
    ) -> None:
        """Maps of numbers as colored squares, all of them one collection.

        Args:
            values: (..., H, W).
            corners: (..., 2), the left and upper edge of each map.
            cell: inches of a square's side.
            colors: what color a number has.
            label: by which the collection can be found in the figure.
            shown: which squares there are; the others are left plain.
        """
        height, width = values.shape[-2:]
        rows, columns = np.mgrid[:height, :width] * cell
        lefts = corners[..., 0, None, None] + columns
        tops = corners[..., 1, None, None] + rows
        some = np.ones(values.shape, bool) if shown is None else shown
        if not some.all():
            plain = _squares(lefts[~some], tops[~some], cell, cell)
            self.axes.add_collection(PolyCollection(plain, facecolors=PLAIN, edgecolors="face"))
        self.axes.add_collection(
            PolyCollection(
                _squares(lefts[some], tops[some], cell, cell),
                array=np.asarray(values[some], dtype=float),
                cmap=colors.map,
                norm=colors.norm,
                edgecolors="face",
                linewidths=min(0.4, 4 * cell),  # else light shines through between squares
                rasterized=values.size > _MANY,
                label=label,
            )
        )

    def frames(
        self, corners: NDArray[Any], size: tuple[float, float], role: str, line: float = 0.8
    ) -> None:
        """A thin line around each of some maps of (height, width) inches.

        It has the hue of a role, softened where there are several; small maps get a hairline.
        """
        lefts, tops = corners[..., 0].ravel(), corners[..., 1].ravel()
        squares = _squares(lefts, tops, size[1], size[0])
        color = hue(role) if len(squares) == 1 else softened(hue(role))
        small = min(size) < _SMALL and len(squares) > 1
        self.axes.add_collection(
            PolyCollection(
                squares,
                facecolors="none",
                edgecolors=HAIR if small else color,
                linewidths=0.25 if small else line,
                rasterized=len(squares) > _MANY // 2,
            )
        )

    def numbers(
        self, values: NDArray[Any], corner: tuple[float, float], cell: float, colors: Colors
    ) -> None:
        """The number in each cell of a map (H, W), in the ink that is read best on its color.

        Where the map is masked, nothing is written.
        """
        for i, j in np.argwhere(~np.ma.getmaskarray(values)):
            value = float(values[i, j])
            x, y = corner[0] + (j + 0.5) * cell, corner[1] + (i + 0.5) * cell
            text = colors.unit.text(value)
            size = min(CELL, cell * 72 / 3.5)
            self.text(x, y, text, size, colors.ink(value), ha="center", va="center")

    def picture(self, pixels: NDArray[Any], corner: tuple[float, float], cell: float) -> None:
        """A picture (H, W) in grays, or (H, W, 3) in color, its values from 0 to 1."""
        left, top = corner
        height, width = pixels.shape[0] * cell, pixels.shape[1] * cell
        self.axes.imshow(
            pixels,
            extent=(left, left + width, top + height, top),
            cmap="gray",
            vmin=0,
            vmax=1,
            interpolation="nearest",
            aspect="auto",
            label="picture",
        )
        self.frames(np.array([corner]), (height, width), "input")

    def bar(self, left: float, top: float, width: float, colors: Colors, label: str) -> float:
        """A bar that says which color is which number, its words above; how high all of it is."""
        self.text(left, top + 0.12, with_unit(label, colors), SMALL)
        place = self.figure.add_axes(
            (
                left / self.width,
                1 - (top + 0.2 + _BAR) / self.height,
                width / self.width,
                _BAR / self.height,
            ),
            label=f"bar: {label}",
        )
        shown = ScalarMappable(colors.norm, colors.map)
        bar = self.figure.colorbar(shown, cax=place, orientation="horizontal")
        bar.outline.set(edgecolor=LINE, linewidth=0.6)
        ticks = colors.ticks(few=width < 2.4)
        bar.set_ticks(ticks, labels=[colors.tick(value) for value in ticks])
        place.tick_params(length=2.5, width=0.6, pad=2)
        return BAR_HEIGHT


BAR_HEIGHT = 0.6


def bar_width(room: float) -> float:
    """How long a bar is below something so wide."""
    return min(max(room, _SHORTEST_BAR), 3.2)


def with_unit(label: str, colors: Colors) -> str:
    """What the numbers of a scale are: "dL/dW · 10⁻³" where 5 stands for 0.005."""
    return f"{label}, in {colors.unit_words}" if colors.unit_words else label


def _squares(lefts: Any, tops: Any, width: float, height: float) -> Any:
    """The corners of rectangles, (count, 4, 2)."""
    x = np.stack([lefts, lefts + width, lefts + width, lefts], axis=-1)
    y = np.stack([tops, tops, tops + height, tops + height], axis=-1)
    return np.stack([x, y], axis=-1)
