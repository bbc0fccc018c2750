"""The network as a figure: every layer once, branches beside one another."""

from itertools import combinations, pairwise
from typing import Any

import pytest
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, PathPatch

import backlit as bl
from backlit.views import plots
from tests.web.networks import NETWORKS

BRANCHES = [
    bl.Conv2d(16, 3, padding=1, name="stem"),
    bl.ReLU(name="r"),
    bl.Conv2d(8, 1, name="a"),
    bl.Conv2d(8, 3, padding=1, inputs="r", name="b"),
    bl.MaxPool2d(3, 1, padding=1, inputs="r", name="p"),
    bl.Conv2d(4, 1, name="c"),
    bl.Concat("a", "b"),
    *(bl.ReLU(), bl.GlobalAvgPool2d(), bl.Dense(10)),
]
DRAWN = {**NETWORKS, "branches": ((3, 16, 16), BRANCHES)}


def boxes(figure: Figure) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of each."""
    patches = [p for p in figure.axes[0].patches if isinstance(p, FancyBboxPatch)]
    corners = [(p.get_x(), p.get_y(), p.get_width(), p.get_height()) for p in patches]
    return [(x, y, x + width, y + height) for x, y, width, height in corners]


def words(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def ways(figure: Figure) -> list[Any]:
    patches = figure.axes[0].patches
    return [p.get_path().vertices for p in patches if isinstance(p, PathPatch)]


@pytest.mark.parametrize("name", DRAWN)
def test_boxes_and_lines_keep_apart(name: str) -> None:
    shape, layers = DRAWN[name]
    figure = plots.network(bl.Network(shape, layers, engine="pure"), name)
    found = boxes(figure)
    width, height = figure.get_size_inches()
    for left, top, right, bottom in found:
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
    for one, other in combinations(found, 2):
        assert one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]
    inside = 1e-6
    for corners in ways(figure):  # no line goes through a box
        for (x1, y1), (x2, y2) in pairwise(corners):
            for left, top, right, bottom in found:
                passes = (
                    max(x1, x2) > left + inside
                    and min(x1, x2) < right - inside
                    and max(y1, y2) > top + inside
                    and min(y1, y2) < bottom - inside
                )
                assert not passes, (name, corners)


def test_every_layer_is_named_once_with_its_shape_and_parameters() -> None:
    shape, layers = DRAWN["branches"]
    net = bl.Network(shape, layers, engine="pure")
    said = words(plots.network(net, "branches"))
    for node in net.graph:
        if node.layer.family == "activation":
            continue  # drawn in the box of what they follow
        assert sum(each.startswith(f"{node.name}   ") for each in said) == 1
    assert said.count("ReLU") == 2
    assert "stem   conv 16@3×3" in said
    assert "16 × 16 × 16" in said
    assert "448 parameters" in said  # 16·3·3·3 + 16
    assert any(each.startswith(f"{net.summary().parameters:,} parameters") for each in said)


def test_a_line_for_each_way() -> None:
    """The stem is read by three; the concat reads three."""
    shape, layers = DRAWN["branches"]
    figure = plots.network(bl.Network(shape, layers, engine="pure"))
    assert len(ways(figure)) == 1 + 3 + 1 + 3 + 1 + 1
    shape, layers = NETWORKS["residual"]
    assert len(ways(plots.network(bl.Network(shape, layers, engine="pure")))) == 8
