import math

import pytest

from backlit.explain import Grid, Patch
from backlit.views.maps import picture_lines, scale_of, show_grid
from backlit.views.page import Page


def shown(grid: Grid, width: int = 80, encoding: str = "utf-8", **options: bool) -> list[str]:
    page = Page(width, encoding)
    show_grid(page, grid, 2, **options)
    return [line.plain for line in page.lines]


def test_a_small_grid() -> None:
    grid = Grid("errors", "error:dY", ((1.5, -0.25), (0.0, None)), marked=((0, 1),))
    title, head, first, second = shown(grid)
    assert title == "  errors:"
    assert head.split() == ["0", "1"]
    assert first.split() == ["0", "1.50", "[−0.25]"]
    assert second.split() == ["1", "·"]  # exactly 0; and where there is no number, nothing


@pytest.mark.parametrize(
    ("largest", "unit", "decimals"),
    [
        (1.0, 1, 2),
        (45.0, 1, 1),
        (999.0, 1, 0),
        (0.5, 1, 2),
        (0.49, 1e-3, 0),
        (0.049, 1e-3, 1),
        (0.0049, 1e-3, 2),
        (0.00049, 1e-6, 0),
        (1000.0, 1e3, 2),
        (0.0, 1, 1),
        (math.inf, 1, 1),
    ],
)
def test_numbers_are_shown_in_a_unit_that_leaves_few_digits(
    largest: float, unit: float, decimals: int
) -> None:
    scale = scale_of(largest)
    assert scale.unit == pytest.approx(unit)
    assert scale.decimals == decimals
    assert len(scale.text(-largest)) <= 6


def test_the_unit_is_said() -> None:
    lines = shown(Grid("errors", "error:dY", ((0.0123, -0.0004),)))
    assert lines[0].strip() == "errors, in units of 0.001:"
    assert lines[2].split() == ["0", "12.3", "−0.4"]


def test_numbers_too_small_to_show_are_not_called_zero() -> None:
    assert shown(Grid("x", "tensor:X", ((5.0, 1e-9, 0.0),)))[2].split() == ["0", "5.00", "0", "·"]


def test_numbers_that_are_none() -> None:
    rows = ((math.nan, math.inf, -math.inf, 1.0),)
    assert shown(Grid("x", "tensor:X", rows))[2].split() == ["0", "NaN", "∞", "−∞", "1.00"]


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_large_grid_is_cut_around_its_mark(width: int) -> None:
    rows = tuple(tuple(float(100 * i + j) for j in range(26)) for i in range(26))
    lines = shown(Grid("map", "tensor:X", rows, marked=((20, 3),)), width)
    assert max(map(len, lines)) <= width
    assert "(a part of 26×26)" in " ".join(lines)
    assert any("[2.00]" in line or "[2003]" in line for line in lines)
    assert len(lines) < 14


def test_remarks_on_a_map_share_their_brackets() -> None:
    rows = tuple(tuple(float(i * j) for j in range(42)) for i in range(30))
    lines = shown(Grid("map", "tensor:X", rows, marked=((1, 1),)), explain_zero=True)
    assert lines[0] == "  map, in 1,000s (a part of 30×42; · is exactly 0):"


@pytest.mark.parametrize(("marked", "said"), [((0, 0), True), ((0, 1), False)])
def test_a_mark_that_is_not_the_largest_is_explained_where_asked(
    marked: tuple[int, int], said: bool
) -> None:
    grid = Grid("map", "tensor:X", ((1.0, -3.0),), marked=(marked,))
    assert ("not the largest here" in shown(grid, explain_mark=True)[0]) is said
    assert "not the largest" not in shown(grid)[0]


def test_few_signs() -> None:
    lines = shown(Grid("map", "tensor:X", ((-1.0, 0.0),)), encoding="ascii")
    assert "".join(lines).isascii()
    assert lines[2].split() == ["0", "-1.00", "."]


def test_a_picture() -> None:
    pixels = (((0.0, 0.5, 1.0), (0.2, 0.9, 0.0)),)
    lines = picture_lines(pixels, Patch(1, 2, 0, 2), Page(80))
    assert [line.plain for line in lines] == [
        "  ▾▾▾▾    ",
        "    ▒▒██  ",
        "▸ ░░██   ◂",
    ]


def test_a_picture_in_color_is_shown_by_its_brightness_and_a_large_one_smaller() -> None:
    red = [[1.0] * 40 for _ in range(40)]
    dark = [[0.0] * 40 for _ in range(40)]
    dark[0][0] = -3.0
    lines = [line.plain for line in picture_lines((red, dark, dark), None, Page(80))]
    assert len(lines) == 1 + 14
    assert all(len(line) == 4 + 2 * 14 for line in lines[1:])
    assert "▾" not in lines[0]


def test_a_picture_of_one_color() -> None:
    lines = picture_lines((((2.0, 2.0),),), None, Page(80, "ascii"))
    assert [line.plain.strip() for line in lines] == ["", ""]
