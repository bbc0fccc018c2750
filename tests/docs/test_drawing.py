"""Pictures of the pages: what is drawn where."""

import re
from xml.etree import ElementTree

import pytest

from backlit import pure
from docs.extensions.drawing import Arrow, Grid, Line, Picture, curve, grids, lines
from docs.extensions.drawing.chart import Axis, Frame, shown

SVG = "{http://www.w3.org/2000/svg}"


def paths(picture: Picture, kind: str) -> list[list[tuple[float, float]]]:
    """The points of each line of a class, the key in the legend left out."""
    found = re.findall(rf'<path class="{kind}" d="M([^"h]+)"', picture.inside)
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
    picture = curve("relu", pure.relu_forward, pure.relu_backward)
    assert len(paths(picture, "function")) == 1
    left, right = paths(picture, "slope")
    assert left[-1][1] > right[0][1]  # on a screen a larger number stands higher: smaller y
    full = re.search(r'class="slope full" cx="([\d.]+)" cy="([\d.]+)"', picture.inside)
    assert full is not None
    assert tuple(map(float, full.groups())) == left[-1]
    assert picture.inside.count("slope empty") == 1


def test_a_smooth_function_has_no_dots() -> None:
    picture = curve("tanh", pure.tanh_forward, pure.tanh_backward)
    assert len(paths(picture, "slope")) == 1
    assert "<circle" not in picture.inside


def test_a_curve_is_what_the_functions_compute() -> None:
    picture = curve("double", lambda z: [2 * x for x in z], lambda dy, z: [3.0] * len(z), reach=2.0)
    line = paths(picture, "function")[0]
    frame = Frame.around([(-2, -4), (2, 4)])
    assert line[0] == pytest.approx((frame.x.place(-2), frame.y.place(-4)), abs=0.01)
    assert line[-1] == pytest.approx((frame.x.place(2), frame.y.place(4)), abs=0.01)
    assert {y for _, y in paths(picture, "slope")[0]} == {round(frame.y.place(3), 2)}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_are_well_formed_and_named(scheme: str) -> None:
    picture = curve("a<b", pure.relu_forward, pure.relu_backward)
    tree = ElementTree.fromstring(picture.svg(scheme))
    assert tree.get("role") == "img"
    assert (tree.findtext(f"{SVG}title") or "").startswith("a<b and its slope")
    used = set(re.findall(r"var\((--\w+)\)", picture.svg(scheme))) - {"--hue"}
    assert used <= set(re.findall(r"(--\w+):", picture.svg(scheme)))


def test_light_and_dark_differ_in_colors_alone() -> None:
    picture = curve("relu", pure.relu_forward, pure.relu_backward)
    light, dark = (re.sub(r"#\w{6}", "#", picture.svg(scheme)) for scheme in ("light", "dark"))
    assert light == dark
    assert picture.svg("light") != picture.svg("dark")


def test_lines_have_a_legend_and_a_step_for_each_number() -> None:
    picture = lines("t", [Line("slow", [3, 2, 1]), Line("fast & far", [3, 0])], "step", "W")
    ElementTree.fromstring(picture.svg("light"))
    assert [len(line) for line in paths(picture, "line line-0")] == [3]
    assert [len(line) for line in paths(picture, "line line-1")] == [2]
    assert "fast &amp; far" in picture.inside


def test_a_long_legend_goes_on_in_the_next_line() -> None:
    names = ["a" * 40, "b" * 40]
    one, two = (lines("t", [Line(n, [1, 2]) for n in each], "", "") for each in (names[:1], names))
    assert two.height == one.height + 24


def cells(grid: Grid) -> list[tuple[str | None, str | None]]:
    """The text of each cell and its class."""
    tree = ElementTree.fromstring(grid.svg(0, 0))
    return [(each.text, each.get("class")) for each in tree.iter("text")][1:]


def test_a_grid_points_out_cells_and_draws_windows() -> None:
    grid = Grid("X", [[1, -2.5], [3, 4]], "x", {(0, 1)}, (1, 2))
    kinds = ["muted middle", "hue bold middle", "muted middle", "muted middle"]
    assert cells(grid) == list(zip(["1", "−2.5", "3", "4"], kinds, strict=True))
    tree = ElementTree.fromstring(grid.svg(0, 0))
    assert len(tree.findall("rect")) == 1
    frame = next(each for each in tree.iter("path") if each.get("class") == "frame")
    assert (frame.get("d") or "").count("M") == 2  # around it, and between the two rows


def test_without_a_choice_all_cells_are_pointed_out() -> None:
    assert [kind for _, kind in cells(Grid("X", [[1, 2]]))] == ["hue bold middle"] * 2


def test_maps_are_told_in_words_and_arrows_point_the_way_the_numbers_go() -> None:
    picture = grids("A & B", [Grid("X", [[1], [-2]]), Arrow("on"), Grid("Y", [[1]])])
    ElementTree.fromstring(picture.svg("dark"))
    assert picture.title == "A & B X = 1; −2, Y = 1"
    assert picture.caption == "A & B"
    there, back = (
        re.findall(r'class="arrow" d="M([\d.]+) \S+?h(-?\d+)', Arrow("", back=b).svg(0, 0))
        for b in (False, True)
    )
    assert (there, back) == ([("4", "40")], [("44", "-40")])


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1"), (-3, "−3"), (0.25, "0.25"), (2.0, "2"), (1 / 3, "0.3333")]
)
def test_numbers(number: float, text: str) -> None:
    assert shown(number) == text
