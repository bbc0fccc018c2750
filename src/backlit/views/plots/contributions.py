"""The picture of dW: an error map, times the input it met, position by position, added up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from backlit.equations import format_number
from backlit.explain import Address, Trace
from backlit.explain.address import Key
from backlit.network.graph import INPUT

from .colors import INK, SOFT, Colors, diverging, grays, hue
from .figure import (
    BAR_HEIGHT,
    BODY,
    MARGIN,
    SMALL,
    Head,
    Sheet,
    own_style,
    text_width,
    with_unit,
)
from .maps import about_image, check_image
from .products import (
    Products,
    hardest,
    input_channel,
    products_of,
    reading,
    steepest,
    weight_address,
)

_LARGEST, _NUMBERED = 0.5, 0.3  # inches of a cell
_ROOM = 2.45  # inches of a map's longer side
_SIGNS = (("×", 0.42), ("=", 0.42), ("Σ", 0.7), ("", 0.0))  # what follows a map, in how many inches
_CAPTION, _BELOW = 0.42, 0.18
_LINE = 0.22


def contributions(
    trace: Trace, address: Key | None = None, image: int | None = None, *, called: str = ""
) -> Figure:
    """Error map × shifted input = products, whose sum is what one image adds to dL/dW of a weight.

    dW[o,c,u,v] = Σ_{i,j} dY[o,i,j] · X[c, i·s − p + u·d, j·s − p + v·d]

    Errors, inputs and gradients are of different sizes, so each map has a scale of its own.

    Args:
        trace: of the batch that the image is in.
        address: of a weight of a convolution; the first one's steepest weight if it is None.
        image: which image of the batch; the one that pulls hardest at the weight if it is None.
        called: what the image is called, instead of its number in the batch.

    Raises:
        AddressError: there is no such weight, or it is not of a convolution.
        InputError: there is no such image.
    """
    found = steepest(trace) if address is None else weight_address(trace.graph, address)
    image = hardest(trace, found) if image is None else image
    check_image(trace, image)
    with own_style():
        return _figure(trace, found, image, called or f"image {image} of the batch")


@dataclass(frozen=True, eq=False)
class _Panel:
    """A map with its words and its scale."""

    role: str
    label: str
    words: str
    values: NDArray[Any]
    colors: Colors
    cell: float

    @property
    def size(self) -> tuple[float, float]:
        """(height, width) of the map, in inches."""
        return self.values.shape[0] * self.cell, self.values.shape[1] * self.cell

    @property
    def width(self) -> float:
        """Inches that the map and its words need."""
        words = text_width(self.words, SMALL), text_width(with_unit(self.label, self.colors), SMALL)
        return max(self.size[1], *(each + 0.05 for each in words), 1.3)


def _panels(trace: Trace, address: Address, met: Products) -> list[_Panel]:
    node = trace.graph[address.owner]
    o, c, _, _ = address.index
    source = node.inputs[0]
    seen = (grays if source == INPUT else diverging)(met.input.compressed())
    cell = min(_LARGEST, _ROOM / max(met.error.shape))
    small = min(_LARGEST, 1.25 / max(met.slice.shape))
    shifted = f"{source}, channel {input_channel(node, o, c)}, shifted"
    of_products = diverging(met.products.compressed())
    of_slice = f"filter {o}, channel {c}" + (", part" if trace.images > 1 else "")
    return [
        _Panel("error", "dL/dY", f"{node.name}, filter {o}", met.error, diverging(met.error), cell),
        _Panel("input", "X", shifted, met.input, seen, cell),
        _Panel("gradient", "products", "at each position", met.products, of_products, cell),
        _Panel("gradient", "dL/dW", of_slice, met.slice, diverging(met.slice), small),
    ]


def _figure(trace: Trace, address: Address, image: int, called: str) -> Figure:
    met = products_of(trace, address, image)
    panels = _panels(trace, address, met)
    inner = sum(panel.width for panel in panels) + sum(gap for _, gap in _SIGNS)
    head = Head(*_words(trace, address, image, called), width=inner)
    foot = _foot(trace, address, met)
    notes = _notes(met, panels)
    width = max(inner, head.width, text_width(foot, BODY, bold=True), text_width(notes, SMALL))
    top = MARGIN + head.height + _CAPTION
    bars = top + max(panel.size[0] for panel in panels) + _BELOW
    end = bars + BAR_HEIGHT + 0.27
    sheet = Sheet(width + 2 * MARGIN, end + _LINE * bool(notes) + MARGIN - 0.05)
    sheet.figure.set_label(head.title)
    head.draw(sheet, MARGIN, MARGIN - 0.05)
    left = MARGIN
    for panel, (sign, gap) in zip(panels, _SIGNS, strict=True):
        _draw(sheet, panel, (left, top), bars)
        _sign(sheet, sign, left + panel.width + gap / 2, top + panels[-1].size[0] / 2)
        left += panel.width + gap
    _mark(sheet, address, (left - panels[-1].width, top), panels[-1].cell)
    sheet.text(MARGIN, end, foot, BODY, hue("gradient"), weight="bold")
    sheet.text(MARGIN, end + _LINE, notes, SMALL, SOFT)
    return sheet.figure


def _words(trace: Trace, address: Address, image: int, called: str) -> tuple[str, str, list[str]]:
    """The title, its role, and what is said below it."""
    _, _, u, v = address.index
    where = reading(trace.graph[address.owner], address)
    lines = [
        f"{called}: {about_image(trace, image)}",
        f"at position i, j the weight (row {u}, column {v} of its filter) met {where}",
    ]
    return f"The gradient of {address}", "gradient", lines


def _foot(trace: Trace, address: Address, met: Products) -> str:
    """The sum, and what the engine says it is."""
    count = int(met.products.count())
    total = format_number(float(met.slice[address.index[2:]]))
    engine = format_number(float(trace.recording.gradients[address.name][address.index]))
    products = "1 product" if count == 1 else f"{count} products"
    if trace.images > 1:
        whole = f"of all {trace.images} images dL/dW = {engine}"
        return f"Σ of {products} = {total}, this image's part; {whole}"
    return f"Σ of {products} = {total}; the engine's dL/dW = {engine}"


def _notes(met: Products, panels: list[_Panel]) -> str:
    """What the signs in the cells mean, as far as they occur."""
    written = [panel.values for panel in panels if panel.cell >= _NUMBERED]
    notes = []
    if any(np.ma.filled(values == 0, False).any() for values in written):
        notes.append("· is exactly 0")
    if met.meets_padding:
        notes.append("plain gray: there the weight met the padding, where X is 0")
    return "; ".join(notes)


def _draw(sheet: Sheet, panel: _Panel, corner: tuple[float, float], bar: float) -> None:
    """One map: words above, bar below."""
    left, top = corner
    sheet.text(left, top - 0.25, panel.label, BODY, hue(panel.role), weight="bold")
    sheet.text(left, top - 0.07, panel.words, SMALL, SOFT)
    shown = ~np.ma.getmaskarray(panel.values)
    numbers = np.ma.getdata(panel.values)
    sheet.cells(numbers, np.array(corner), panel.cell, panel.colors, panel.label, shown)
    if panel.cell >= _NUMBERED:
        sheet.numbers(panel.values, corner, panel.cell, panel.colors)
    sheet.frames(np.array([corner]), panel.size, panel.role, 1.0)
    sheet.bar(left, bar, max(panel.size[1], 1.3), panel.colors, panel.label)


def _sign(sheet: Sheet, sign: str, x: float, y: float) -> None:
    """×, = or an arrow with Σ above it, between two maps."""
    if sign != "Σ":
        sheet.text(x, y, sign, 18, INK, ha="center", va="center")
        return
    sheet.text(x, y - 0.1, sign, 16, INK, ha="center", va="bottom")
    sheet.axes.annotate(
        "", (x + 0.22, y), (x - 0.22, y), arrowprops={"arrowstyle": "->", "color": INK, "lw": 1.4}
    )


def _mark(sheet: Sheet, address: Address, corner: tuple[float, float], cell: float) -> None:
    """A line around the weight that all of this is about."""
    _, _, u, v = address.index
    place = np.array([[corner[0] + v * cell, corner[1] + u * cell]])
    sheet.frames(place, (cell, cell), "gradient", 2.4)
