"""Small maps of numbers around one step of a story."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backlit.equations import Term

from .grid import Grid, position_grid
from .part import subtotals
from .recorded import RecordedPass
from .thread import Link

_ERROR, _INPUT, _WEIGHT, _GRADIENT = "error:dY", "tensor:X", "tensor:W", "gradient:dW"


def layer_grids(recorded: RecordedPass, link: Link) -> tuple[Grid, ...]:
    """The maps of a step through one layer; none for layers without maps."""
    term = link.followed
    if term is None or link.part.layer not in recorded.graph:
        return ()
    node = recorded.graph[link.part.layer]
    if node.layer.has_filters:
        return _conv_grids(recorded, link, term)
    if node.layer.winner_takes_error:
        return (_window_grid(recorded, link, term),)
    if node.layer.family == "flatten" and len(link.address.index) == 4:
        n, c, h, w = link.address.index
        owner = link.address.owner
        title = f"errors of {owner}, channel {c}"
        return (Grid(title, _ERROR, _rows(recorded.recording.errors[owner][n, c]), ((h, w),)),)
    return ()


def gradient_grids(recorded: RecordedPass, link: Link, image: int) -> tuple[Grid, ...]:
    """The errors of a filter, and what each position contributes to one of its weights."""
    layer = link.part.layer
    errors = recorded.recording.errors[layer]
    term = link.followed
    if errors.ndim != 4 or term is None or not {"i", "j"} <= term.index.keys():
        return ()
    o = link.address.index[0]
    marked = ((term.index["i"], term.index["j"]),)
    grids = [Grid(f"errors of {layer}, filter {o}", _ERROR, _rows(errors[image, o]), marked)]
    if link.address.quantity == "weight":
        products = subtotals([each for _, each in link.terms], ("i", "j"))
        title = "error · input at each position"
        grids += filter(None, [position_grid(title, _GRADIENT, products)])
    return tuple(grids)


def _conv_grids(recorded: RecordedPass, link: Link, term: Term) -> tuple[Grid, ...]:
    """The weights through which the number went out, and the errors that came back."""
    layer, index = link.part.layer, term.index
    weight = next(factor for factor in term.factors if factor.symbol == "W")
    o, c, u, v = weight.index
    slice_ = recorded.snapshot.parameters[f"{layer}.weight"][o, c]
    errors = recorded.recording.errors[layer][link.address.index[0], o]
    return (
        Grid(f"errors of {layer}, filter {o}", _ERROR, _rows(errors), ((index["i"], index["j"]),)),
        Grid(f"weights of filter {o} for channel {c}", _WEIGHT, _rows(slice_), ((u, v),)),
    )


def _window_grid(recorded: RecordedPass, link: Link, term: Term) -> Grid:
    """The numbers among which this one won (or lost)."""
    node = recorded.graph[link.part.layer]
    axes = node.layer.window(node.input_shapes[0])
    if axes is None:
        raise TypeError(f"{node.name} has no window")
    n, c, h, w = link.address.index
    spans = []
    for axis, out in zip(axes, (term.index["i"], term.index["j"]), strict=True):
        first = axis.input_position(out, 0)
        spans.append(range(max(first, 0), min(first + axis.kernel, axis.size)))
    rows, columns = spans
    inputs = recorded.recording.activations[node.inputs[0]][n, c]
    window = inputs[rows.start : rows.stop, columns.start : columns.stop]
    title = f"{node.name}, window ({term.index['i']}, {term.index['j']})"
    return Grid(title, _INPUT, _rows(window), ((h - rows.start, w - columns.start),))


def _rows(array: NDArray[np.floating]) -> tuple[tuple[float | None, ...], ...]:
    return tuple(tuple(row) for row in array.tolist())
