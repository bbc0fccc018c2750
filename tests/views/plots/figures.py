"""What tests read back from a figure, and the networks that they draw."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

import backlit as bl
from backlit.data import load_dataset
from backlit.explain import Trace
from backlit.views.plots.figure import own_style

Array = NDArray[Any]


def sheet(figure: Figure) -> Axes:
    """The axes that cover the figure."""
    return next(axes for axes in figure.axes if axes.get_label() == "sheet")


def cells(figure: Figure, label: str) -> PolyCollection:
    """The squares that carry numbers of that name."""
    (found,) = (each for each in sheet(figure).collections if each.get_label() == label)
    assert isinstance(found, PolyCollection)
    return found


def numbers(figure: Figure, label: str) -> Array:
    """The numbers that these squares have, in the order in which they were drawn."""
    return np.asarray(cells(figure, label).get_array())


def corners(figure: Figure, label: str) -> Array:
    """The left and upper edge of each of these squares, in inches."""
    paths = cells(figure, label).get_paths()
    return np.array([np.asarray(path.vertices).min(0) for path in paths])


def bar(figure: Figure, label: str) -> Axes:
    """The axes of the scale with that name."""
    return next(axes for axes in figure.axes if axes.get_label() == f"bar: {label}")


def words(figure: Figure) -> list[str]:
    """All that is written on the sheet, and on the figure itself."""
    written = [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]
    return [text.get_text() for text in written]


def boxes(figure: Figure) -> list[tuple[str, Any]]:
    """Every piece of text that is seen, with the rectangle that it takes, in pixels."""
    with own_style():
        figure.draw_without_rendering()
        texts = [*figure.texts]
        for axes in figure.axes:
            texts += axes.texts
            if axes.axison:
                texts += [*_tick_labels(axes.xaxis), *_tick_labels(axes.yaxis)]
                texts += [axes.xaxis.label, axes.yaxis.label]
            legend = axes.get_legend()
            texts += legend.get_texts() if legend else []
        seen = [text for text in texts if text.get_text().strip() and text.get_visible()]
        return [(text.get_text(), text.get_window_extent()) for text in seen]


def _tick_labels(axis: Any) -> list[Any]:
    """Those that are drawn: a locator may give ticks beyond the ends too."""
    low, high = sorted(axis.get_view_interval())
    return [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]


@cache
def digits() -> Trace:
    """Three handwritten digits and an untrained network for them."""
    images, labels = load_dataset("digits").test
    layers = [
        *(bl.Conv2d(8, 3), bl.ReLU(), bl.MaxPool2d(2), bl.Conv2d(16, 3, padding=1), bl.ReLU()),
        *(bl.Flatten(), bl.Dense(10)),
    ]
    net = bl.Network((1, 8, 8), layers, seed=1, normalization=bl.Normalization.fit(images))
    return bl.explain(net, images[:3], labels[:3])


@cache
def colored() -> Trace:
    """Pictures in color, filters with strides, groups, and steps between their weights."""
    generator = np.random.default_rng(3)
    images = generator.integers(0, 256, (3, 3, 11, 9)).astype(np.uint8)
    layers = [
        bl.Conv2d(6, 3, stride=(2, 1), padding=1),
        bl.Tanh(),
        bl.Conv2d(4, (2, 3), stride=2, padding=(1, 2), dilation=(2, 1), groups=2, bias=False),
        *(bl.Flatten(), bl.Dense(3)),
    ]
    names = ["$5", "a class with a very long name indeed", "bee"]
    net = bl.Network(
        (3, 11, 9), layers, seed=2, normalization=bl.Normalization.fit(images), classes=names
    )
    return bl.explain(net, images, [0, 1, 2])


@cache
def residual() -> Trace:
    """Batch norm, and a way around a convolution."""
    generator = np.random.default_rng(4)
    layers = [
        *(bl.Conv2d(5, 3, padding=1, bias=False), bl.BatchNorm2d(), bl.ReLU(name="first")),
        *(bl.Conv2d(5, 1), bl.BatchNorm2d(), bl.Add("first"), bl.ReLU()),
        *(bl.GlobalAvgPool2d(), bl.Dense(4)),
    ]
    net = bl.Network((1, 5, 6), layers, seed=5)
    return bl.explain(net, generator.normal(size=(3, 1, 5, 6)), [3, 0, 1])


TRACES: dict[str, Callable[[], Trace]] = {
    "digits": digits,
    "colored": colored,
    "residual": residual,
}
