"""Pictures of the pages: what is drawn where."""

import re
from xml.etree import ElementTree

import pytest

from backlit import pure
from docs.extensions.drawing import Arrow, Grid, Line, curve, grids, lines
from docs.extensions.drawing.chart import Axis, Frame, shown


def paths(html: str, kind: str) -> list[list[tuple[float, float]]]:
    """The points of each line of a class, the key in the legend left out."""
    found = re.findall(rf'<path class="{kind}" d="M([^"H]+)"', html)
    return [[tuple(map(float, at.split())) for at in line.split(" L")] for line in found]  # type: ignore[misc]


def test_an_axis_places_its_ends_and_its_middle() -> None:
    axis = Axis(-4, 4, 50, 450)
    assert [axis.place(number) for number in (-4, 0, 4)] == [50, 250, 450]
    upwards = Axis(0, 1, 300, 0)
    assert upwards.place(0.25) == 225


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (-4, 4, [-4, -2, 0, 2, 4]),
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0, 12, [0, 2, 4, 6, 8, 10, 12]),
        (-0.2, 4.2, [0, 1, 2, 3, 4]),
    ],
)
def test_ticks_are_round_and_inside(low: float, high: float, ticks: list[float]) -> None:
    assert Axis(low, high, 0, 1).ticks() == ticks


def test_a_frame_holds_all_points() -> None:
    frame = Frame.around([(0, 0), (1, -3), (2, 5)])
    assert frame.x.low == 0
    assert frame.x.high == 2
    assert frame.y.low < -3
    assert frame.y.high > 5


def test_a_kinked_function_is_one_line_and_its_slope_two() -> None:
    html = curve("relu", pure.relu_forward, pure.relu_backward)
    assert len(paths(html, "function")) == 1
    left, right = paths(html, "slope")
    assert left[-1][1] > right[0][1]  # on a screen a larger number stands higher: smaller y
    full = re.search(r'class="slope full" cx="([\d.]+)" cy="([\d.]+)"', html)
    assert full is not None
    assert tuple(map(float, full.groups())) == left[-1]
    assert html.count("slope empty") == 1


def test_a_smooth_function_has_no_dots() -> None:
    html = curve("tanh", pure.tanh_forward, pure.tanh_backward)
    assert len(paths(html, "slope")) == 1
    assert "<circle" not in html


def test_a_curve_is_what_the_functions_compute() -> None:
    html = curve("double", lambda z: [2 * x for x in z], lambda dy, z: [3.0] * len(z), reach=2.0)
    line = paths(html, "function")[0]
    frame = Frame.around([(-2, -4), (2, 4)])
    assert line[0] == pytest.approx((frame.x.place(-2), frame.y.place(-4)), abs=0.01)
    assert line[-1] == pytest.approx((frame.x.place(2), frame.y.place(4)), abs=0.01)
    assert {y for _, y in paths(html, "slope")[0]} == {round(frame.y.place(3), 2)}


def test_pictures_are_well_formed_and_named() -> None:
    figure = ElementTree.fromstring(curve("a<b", pure.relu_forward, pure.relu_backward))
    picture = figure.find("svg")
    assert picture is not None
    assert picture.get("role") == "img"
    assert picture.findtext("title", "").startswith("a<b and its slope")


def test_lines_have_a_legend_and_a_step_for_each_number() -> None:
    html = lines("t", [Line("slow", [3, 2, 1]), Line("fast & far", [3, 0])], "step", "W")
    ElementTree.fromstring(html)
    assert [len(line) for line in paths(html, "line line-0")] == [3]
    assert [len(line) for line in paths(html, "line line-1")] == [2]
    assert "fast &amp; far" in html


def test_a_grid_points_out_cells_and_draws_windows() -> None:
    html = Grid("X", [[1, -2.5], [3, 4]], "x", {(0, 1)}, (1, 2)).html()
    table = ElementTree.fromstring(html)
    cells = [(cell.text, (cell.get("class") or "").split()) for cell in table.iter("td")]
    assert [words for words, _ in cells] == ["1", "−2.5", "3", "4"]
    assert [words for words, kinds in cells if "strong" in kinds] == ["−2.5"]
    assert [words for words, kinds in cells if "edge-left" in kinds] == ["1", "3"]
    assert [words for words, kinds in cells if "edge-top" in kinds] == ["1", "−2.5", "3", "4"]


def test_without_a_choice_all_cells_are_pointed_out() -> None:
    assert Grid("X", [[1, 2]]).html().count("strong") == 2


def test_arrows_point_the_way_the_numbers_go() -> None:
    html = grids("A & B", [Grid("X", [[1]]), Arrow("on"), Grid("Y", [[1]])], [Arrow("", back=True)])
    ElementTree.fromstring(html)
    assert html.index("→") < html.index("←")
    assert "A &amp; B" in html


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1"), (-3, "−3"), (0.25, "0.25"), (2.0, "2"), (1 / 3, "0.3333")]
)
def test_numbers(number: float, text: str) -> None:
    assert shown(number) == text
