"""The network itself, as a figure: a block for each layer, branches beside one another.

Layers that work number by number, such as activations, stand in the block of the layer that they
follow.  Beside its name each block has a picture of what it puts out: as many sheets as maps, as
far as they can be told apart, and as large as these are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from math import log2

from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, PathPatch, Polygon
from matplotlib.path import Path

from backlit.network import Graph, Network, Node
from backlit.network.graph import INPUT
from backlit.network.source import layer_in_short

from .colors import INK, SOFT, hue, softened
from .figure import BODY, MARGIN, SMALL, Head, Sheet, own_style, text_width

_HIGH = 0.62  # inches of a block
_DOWN = 0.3  # from one to the next
_APART = 0.35  # between branches
_GLYPH = 0.62  # inches that the picture of the output may take
_LANE = 0.16  # between ways around
_FAMILY = {"convolution": "weight", "dense": "weight", "pool": "output"}
_MERGED = {"activation", "normalization", "dropout", "flatten"}


@dataclass
class _Block:
    """One box: a layer, and those behind it that are drawn in it."""

    nodes: list[Node]
    shape: tuple[int, ...]
    reads: tuple[str, ...] = ()
    flat: tuple[int, ...] = ()  # what becomes of the maps where they are flattened in it
    row: int = 0
    left: float = 0.0
    top: float = 0.0
    lines: tuple[str, str] = ("", "")
    sides: tuple[str, str] = ("", "")
    width: float = field(default=0.0)

    @property
    def role(self) -> str:
        """Whose hue it has."""
        return _FAMILY.get(self.nodes[0].layer.family, "gradient") if self.nodes else "input"

    @property
    def middle(self) -> float:
        """Where lines go in and out."""
        return self.left + self.width / 2


def network(net: Network, called: str = "") -> Figure:
    """Every layer of a network, what it puts out and how much it learns, from above to below.

    Args:
        net: which.
        called: what the network is called, for the title.
    """
    with own_style():
        blocks = _blocks(net.graph)
        wide = _place(blocks)
        arounds = _lanes(blocks)
        count = 1 + max(block.row for block in blocks.values())
        table = net.summary()
        counts = f"{table.parameters:,} parameters, {table.multiply_adds:,} multiply-adds an image"
        head = Head(called or "The network", "weight", [counts], wide)
        across = max(wide + _LANE * (1 + max(arounds.values(), default=-1)), head.width)
        high = head.height + count * (_HIGH + _DOWN) - _DOWN
        sheet = Sheet(across + 2 * MARGIN, high + 2 * MARGIN)
        sheet.figure.set_label(f"{called or 'the network'}: {len(net.graph)} layers")
        head.draw(sheet, MARGIN, MARGIN)
        for block in blocks.values():
            block.left += MARGIN
            block.top = MARGIN + head.height + block.row * (_HIGH + _DOWN)
        for (read, name), lane in arounds.items():
            _around(sheet, blocks[read], blocks[name], MARGIN + wide + _LANE * (lane + 1))
        for name, block in blocks.items():
            for read in block.reads:
                if (read, name) not in arounds:
                    _straight(sheet, blocks[read], block)
        for block in blocks.values():
            _draw(sheet, block)
    return sheet.figure


def _blocks(graph: Graph) -> dict[str, _Block]:
    """The boxes by the name of the first layer in each, in order; their rows and words."""
    found = {INPUT: _Block([], graph.input_shape)}
    home = {INPUT: INPUT}  # the box that each layer is in
    for node in graph:
        (first, *others) = node.inputs
        box = found[home[first]]
        is_last = not box.nodes or box.nodes[-1].name == first
        alone = len(graph.readers(first)) == 1 and not others
        if node.layer.family in _MERGED and alone and is_last and box.nodes:
            box.nodes.append(node)
            if node.layer.family == "flatten":
                box.flat = node.output_shape
            else:
                box.shape = node.output_shape
            home[node.name] = home[first]
            continue
        reads = tuple(dict.fromkeys(home[read] for read in node.inputs))
        row = 1 + max(found[read].row for read in reads)
        found[node.name] = _Block([node], node.output_shape, reads, row=row)
        home[node.name] = node.name
    for block in found.values():
        _write(block)
    width = max(block.width for block in found.values())
    for block in found.values():
        block.width = width
    return found


def _write(block: _Block) -> None:
    """The words in a box, and the inches that they take."""
    shape = " × ".join(map(str, block.shape))
    if block.flat and block.flat != block.shape:
        shape += f" → {block.flat[0]}"
    if not block.nodes:
        block.lines, block.sides = ("input", ""), (shape, "")
    else:
        first, *more = block.nodes
        behind = " → ".join(layer_in_short(each) for each in more)
        count = sum(each.parameter_count for each in block.nodes)
        block.lines = (f"{first.name}   {layer_in_short(first)}", behind)
        block.sides = (shape, f"{count:,} parameters" if count else "")
    left = max(text_width(block.lines[0], BODY, bold=True), text_width(block.lines[1], SMALL))
    right = max(text_width(block.sides[0], BODY), text_width(block.sides[1], SMALL))
    block.width = 0.2 + _GLYPH + 0.15 + left + 0.35 + right + 0.15


def _place(blocks: dict[str, _Block]) -> float:
    """How far to the right each box stands, below what it reads; the width of all together."""
    rows: dict[int, list[_Block]] = {}
    for block in blocks.values():
        rows.setdefault(block.row, []).append(block)
    for row in rows.values():
        wanted = []
        for block in row:
            above = [blocks[read].middle for read in block.reads] or [0.0]
            wanted.append(sum(above) / len(above))
        step = row[0].width + _APART
        row = [row[k] for k in sorted(range(len(row)), key=lambda k: wanted[k])]
        wanted.sort()
        if any(b - a < step - 1e-9 for a, b in pairwise(wanted)):
            middle = sum(wanted) / len(wanted)
            wanted = [middle + (k - (len(row) - 1) / 2) * step for k in range(len(row))]
        for block, middle in zip(row, wanted, strict=True):
            block.left = middle - block.width / 2
    first = min(block.left for block in blocks.values())
    for block in blocks.values():
        block.left -= first
    return max(block.left + block.width for block in blocks.values())


def _is_clear(blocks: dict[str, _Block], above: _Block, below: _Block) -> bool:
    """Whether a line straight down from a box meets no other one before the row of ``below``."""
    between = (each for each in blocks.values() if above.row < each.row < below.row)
    return all(not each.left <= above.middle <= each.left + each.width for each in between)


def _lanes(blocks: dict[str, _Block]) -> dict[tuple[str, str], int]:
    """The ways that would cross other boxes, each with the lane beside them that it takes."""
    found: dict[tuple[str, str], int] = {}
    taken: list[list[tuple[int, int]]] = []
    for name, block in blocks.items():
        for read in block.reads:
            first, last = blocks[read].row, block.row
            if last - first < 2 or _is_clear(blocks, blocks[read], block):
                continue
            lane = next(
                (k for k, own in enumerate(taken) if all(last <= a or b <= first for a, b in own)),
                len(taken),
            )
            if lane == len(taken):
                taken.append([])
            taken[lane].append((first, last))
            found[read, name] = lane
    return found


def _draw(sheet: Sheet, block: _Block) -> None:
    """One box."""
    color, middle = hue(block.role), block.top + _HIGH / 2
    sheet.axes.add_patch(
        FancyBboxPatch(
            (block.left, block.top),
            block.width,
            _HIGH,
            boxstyle="round,pad=0,rounding_size=0.06",
            facecolor="white",
            edgecolor=softened(color),
            linewidth=1.2,
        )
    )
    _sheets(sheet, block, block.left + 0.2, middle, color)
    left, right = block.left + 0.2 + _GLYPH + 0.15, block.left + block.width - 0.15
    raised = 0.08 if block.lines[1] or block.sides[1] else -0.045
    sheet.text(left, middle - raised, block.lines[0], BODY, color, weight="bold")
    sheet.text(left, middle + 0.17, block.lines[1], SMALL, SOFT)
    sheet.text(right, middle - raised, block.sides[0], BODY, INK, ha="right")
    sheet.text(right, middle + 0.17, block.sides[1], SMALL, SOFT, ha="right")


def _sheets(sheet: Sheet, block: _Block, left: float, middle: float, color: str) -> None:
    """What it puts out: sheets one behind the other; of a row of numbers a bar."""
    count, *sides = block.shape
    shown = min(1 + int(log2(count)), 8)
    if not sides:
        high, wide, step = 0.1 + 0.04 * shown, 0.09, 0.0
        shown = 1
    else:
        largest = max(sides)
        unit = 0.13 + 0.035 * min(log2(largest), 7)
        high, wide = (max(0.06, unit * side / largest) for side in sides)
        step = 0.028
    spread = step * (shown - 1)
    x = left + (_GLYPH - wide - spread) / 2
    y = middle - (high + spread) / 2
    for k in range(shown):
        a, b = x + k * step, y + k * step
        corners = [(a, b), (a + wide, b), (a + wide, b + high), (a, b + high)]
        sheet.axes.add_patch(
            Polygon(corners, facecolor="#f4f5f7", edgecolor=softened(color), linewidth=0.7)
        )


def _straight(sheet: Sheet, above: _Block, below: _Block) -> None:
    """A line from one row to the next."""
    start, end = above.top + _HIGH, below.top
    half = end - _DOWN / 2
    _way(sheet, [(above.middle, start), (above.middle, half), (below.middle, half)], below, end)


def _around(sheet: Sheet, above: _Block, below: _Block, x: float) -> None:
    """A line beside the boxes in between."""
    start = above.top + _HIGH / 2
    end = below.top + _HIGH / 2
    right = above.left + above.width
    path = Path([(right, start), (x, start), (x, end), (below.left + below.width, end)])
    _line(sheet, path)
    _tip(sheet, below.left + below.width, end, -1, 0)


def _way(sheet: Sheet, points: list[tuple[float, float]], below: _Block, end: float) -> None:
    _line(sheet, Path([*points, (below.middle, end)]))
    _tip(sheet, below.middle, end, 0, 1)


def _line(sheet: Sheet, path: Path) -> None:
    sheet.axes.add_patch(
        PathPatch(path, facecolor="none", edgecolor=SOFT, linewidth=1.0, joinstyle="round")
    )


def _tip(sheet: Sheet, x: float, y: float, across: int, down: int) -> None:
    """The point of an arrow that goes in that direction."""
    size = 0.075
    back = (x - size * across, y - size * down)
    aside = (0.5 * size * down, 0.5 * size * across)
    corners = [
        (x, y),
        (back[0] + aside[0], back[1] + aside[1]),
        (back[0] - aside[0], back[1] - aside[1]),
    ]
    sheet.axes.add_patch(Polygon(corners, facecolor=SOFT, edgecolor="none"))
