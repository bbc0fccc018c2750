"""Numbers as colors, as on the pages: zero is the paper, below it blue, above it orange."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from matplotlib.colors import Colormap, ListedColormap, Normalize, to_hex, to_rgb
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from backlit.equations import format_number

from ..maps import Scale, scale_of

INK, SOFT, LINE = "#16191d", "#565f6b", "#d5dae1"
PAPER, BELOW, ABOVE = (255, 255, 255), (33, 102, 172), (201, 92, 10)
NOT_FINITE = "#808080"
_STEPS = 511  # colors of a scale; odd, so that zero has one of its own
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_GAMMA = 0.8  # small numbers are still seen
_BRIGHT = 0.18  # the luminance from which on black is read better than white

_HUES = {
    "input": "#0b62c9",
    "weight": "#a84e00",
    "output": "#0a7285",
    "error": "#c81e36",
    "gradient": "#8a3fc4",
}


def hue(role: str) -> str:
    """The hue of "input", "weight", "output", "error" or "gradient"."""
    return _HUES[role]


def softened(color: str) -> str:
    """A hue mixed with paper, for lines that are not to outshine what they frame."""
    red, green, blue = (0.6 * part + 0.4 for part in to_rgb(color))
    return to_hex((red, green, blue))


@dataclass(frozen=True)
class Colors:
    """Which color a number has, and how it is written.

    Attributes:
        map: colors from the lowest to the highest number.
        norm: what these two are.
        unit: in which numbers are written.
    """

    map: Colormap
    norm: Normalize
    unit: Scale

    @property
    def unit_words(self) -> str:
        """What a number is to be multiplied with, "10⁻³"; empty for 1."""
        power = round(math.log10(self.unit.unit))
        return f"10{str(power).translate(_RAISED)}" if power else ""

    def ink(self, value: float) -> str:
        """Black or white, whichever is read better on the color of a number."""
        red, green, blue, _ = self.map(self.norm(value)) if math.isfinite(value) else (0.5,) * 4
        light = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2
        return "#101418" if light > _BRIGHT else "#ffffff"

    def ticks(self, few: bool = False) -> list[float]:
        """Round numbers along the scale."""
        low, high = float(self.norm.vmin or 0), float(self.norm.vmax or 0)
        unit = self.unit.unit
        steps = MaxNLocator(2 if few else 4, steps=[1, 2, 2.5, 5, 10]).tick_values(
            low / unit, high / unit
        )
        inside = [float(step) * unit for step in steps if low <= step * unit <= high]
        return inside if len(inside) > 1 else [low, high]

    def tick(self, value: float) -> str:
        """A tick's number, in the unit."""
        return format_number(round(value / self.unit.unit, 6), 3)


def diverging(*arrays: NDArray[Any]) -> Colors:
    """One scale for all of these, from minus to plus the largest size among them."""
    most = _most(*arrays)
    return Colors(_diverging_map(), Normalize(-(most or 1.0), most or 1.0), _unit(most))


def grays(array: NDArray[Any]) -> Colors:
    """A picture's own grays, from its lowest to its highest number."""
    finite = array[np.isfinite(array)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if low == high:
        low, high = low - 0.5, high + 0.5
    return Colors(_gray_map(), Normalize(low, high), _unit(max(abs(low), abs(high))))


def _unit(most: float) -> Scale:
    """As in a terminal, but 0.46 is not written as 460 thousandths."""
    return Scale(1.0, 2) if 0.1 <= most < 0.5 else scale_of(most)


def _most(*arrays: NDArray[Any]) -> float:
    """The largest size among the numbers, as far as they are finite."""
    sizes = [np.abs(array[np.isfinite(array)]) for array in arrays]
    return float(max((size.max() for size in sizes if size.size), default=0.0))


@cache
def _diverging_map() -> Colormap:
    """The share of the full color is (|value| / most)^0.8."""
    values = np.linspace(-1, 1, _STEPS)[:, None]
    ends = np.where(values < 0, np.array(BELOW), np.array(ABOVE))
    paper = np.array(PAPER)
    colors = paper + (ends - paper) * np.abs(values) ** _GAMMA
    return _with_gray(ListedColormap(np.round(colors) / 255, name="backlit"))


@cache
def _gray_map() -> Colormap:
    levels = np.linspace(0, 1, 256)
    return _with_gray(ListedColormap(np.stack([levels] * 3, axis=-1), name="backlit-gray"))


def _with_gray(colors: ListedColormap) -> Colormap:
    return colors.with_extremes(bad=NOT_FINITE)
