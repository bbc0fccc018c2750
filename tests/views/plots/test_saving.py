"""Figures as files."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

import backlit as bl
from backlit.errors import ConfigurationError, RunError
from backlit.views import plots

from .figures import TRACES, boxes, colored, digits
from .test_curves import history


def filters(name: str, layer: str | None = None) -> Figure:
    trace = TRACES[name]()
    network: Any = SimpleNamespace(graph=trace.graph, parameters=trace.snapshot.parameters)
    return plots.filters(network, layer)


FIGURES: dict[str, Callable[[], Figure]] = {
    "filters": lambda: filters("digits"),
    "filters of channels": lambda: filters("digits", "conv2"),
    "filters in color": lambda: filters("colored"),
    "filters of 1 × 1": lambda: filters("residual", "conv2"),
    "gradients": lambda: plots.gradients(digits(), called="of three images"),
    "activations": lambda: plots.activations(digits(), "relu2", 1),
    "activations, flat": lambda: plots.activations(digits(), "flatten1", 1),
    "scores": lambda: plots.activations(colored(), "dense1", 1),
    "pictures": lambda: plots.activations(colored(), "input", 1),
    "errors": lambda: plots.errors(colored(), "conv1", 1),
    "curves": lambda: plots.curves(history([0.75, 0.5, 0.5]), "digits"),
    "one epoch": lambda: plots.curves(history(losses=[1.0]), "digits"),
    "contributions": lambda: plots.contributions(digits()),
    "contributions, few": lambda: plots.contributions(digits(), "conv2.weight[3,2,0,1]", 1),
    "contributions, long names": lambda: plots.contributions(colored(), None, 1),
    "contributions, one by one": lambda: plots.contributions(
        TRACES["residual"](), "conv2.weight[0,0,0,0]"
    ),
}


OTHER_SETTINGS: Any = {"lines.linewidth": 9, "font.size": 30, "svg.fonttype": "path"}


@cache
def drawn(name: str) -> Figure:
    """A figure for all tests that look at it or save it."""
    return FIGURES[name]()


@cache
def saved(name: str, kind: str) -> bytes:
    """The file of that kind."""
    return plots.content(drawn(name), kind)


@cache
def drawn_elsewhere(name: str) -> Figure:
    """The same figure, drawn once more and under other settings of matplotlib."""
    with mpl.rc_context(OTHER_SETTINGS):
        return FIGURES[name]()


@pytest.mark.parametrize("name", FIGURES)
def test_no_words_overlap_and_none_leave_the_figure(name: str) -> None:
    figure = drawn(name)
    found = boxes(figure)
    assert found
    for text, box in found:
        assert 0 <= box.x0 < box.x1 <= figure.bbox.x1, text
        assert 0 <= box.y0 < box.y1 <= figure.bbox.y1, text
    for place, (text, box) in enumerate(found):
        for other, another in found[place + 1 :]:
            across = min(box.x1, another.x1) - max(box.x0, another.x0)
            down = min(box.y1, another.y1) - max(box.y0, another.y0)
            assert across <= 1 or down <= 1, (text, other)


# What is drawn is the same for all kinds of files, and how it is written for all figures.
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *((name, "svg") for name in ("filters", "errors", "curves", "contributions")),
        *(("filters", kind) for kind in ("pdf", "png")),
        *(
            pytest.param(name, kind, marks=pytest.mark.widths)
            for name in ("errors", "curves", "contributions")
            for kind in ("pdf", "png")
        ),
    ],
)
def test_the_same_figure_is_the_same_file(name: str, kind: str) -> None:
    first = saved(name, kind)
    with mpl.rc_context(OTHER_SETTINGS):
        again = plots.content(drawn_elsewhere(name), kind)
    assert first == again
    assert not re.search(rb"20\d\d-\d\d-\d\d|CreationDate|<dc:date>", first)


def test_settings_of_matplotlib_stay_as_they_are() -> None:
    before = dict(mpl.rcParams)
    plots.content(FIGURES["filters"](), "svg")
    assert dict(mpl.rcParams) == before


def test_letters_stay_letters_in_an_svg(tmp_path: Path) -> None:
    size = plots.save(drawn("contributions, long names"), tmp_path / "a.SVG")
    content = (tmp_path / "a.SVG").read_bytes()
    assert len(content) == size
    root = ElementTree.fromstring(content)
    texts = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert any("a class with a very long name indeed" in text for text in texts)
    assert any(text.startswith("The gradient of conv1.weight[") for text in texts)


def test_letters_stay_letters_in_a_pdf() -> None:
    content = saved("filters", "pdf")
    assert content.startswith(b"%PDF-1.")
    assert content.rstrip().endswith(b"%%EOF")
    assert b"/FontFile2" in content  # TrueType, type 42
    assert b"/Type3" not in content


def test_a_png_is_large_enough_for_a_slide(tmp_path: Path) -> None:
    figure = drawn("curves")
    plots.save(figure, tmp_path / "a.png")
    with Image.open(io.BytesIO((tmp_path / "a.png").read_bytes())) as image:
        image.load()
        width, height = figure.get_size_inches()
        assert image.size == (round(200 * width), round(200 * height))
        assert image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


def test_many_cells_are_pixels_also_among_lines() -> None:
    def squares(side: int) -> tuple[int, int]:
        net = bl.Network((1, side, side), [bl.Conv2d(2, 1), bl.GlobalAvgPool2d()])
        figure = plots.activations(bl.explain(net, np.zeros((1, 1, side, side)), [0]))
        content = plots.content(figure, "svg")
        return content.count(b"<path"), content.count(b"<image")

    few, many = squares(20), squares(60)
    assert few[0] > 2 * 20 * 20
    assert many[0] < few[0]
    assert many[1] == few[1] + 1


@pytest.mark.parametrize("name", ["a.jpg", "a", ".svg", "a.svg.gz"])
def test_other_endings(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"ends with \.svg, \.pdf or \.png, not with"):
        plots.save(drawn("curves"), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="cannot be written"):
        plots.save(drawn("curves"), tmp_path / "nowhere" / "a.svg")


def test_without_matplotlib_it_is_said_how_to_get_it() -> None:
    program = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "try:\n    from backlit.views import plots\n"
        "except ImportError as problem:\n    print(problem)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip().endswith("is not installed: pip install matplotlib")


def test_no_window_can_be_opened() -> None:
    program = (
        "import sys; from backlit.views import plots; from backlit.training import History; "
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
