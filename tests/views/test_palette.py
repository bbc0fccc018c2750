"""Colors that can be read on light and on dark, and tell kinds of things apart."""

from __future__ import annotations

import itertools

import pytest
from rich.color import Color
from rich.style import Style

from backlit.views.palette import BLUE, GRAY, GREEN, OLIVE, ORANGE, PURPLE, RED, TEAL, style_of

COLORS = {
    "blue": BLUE, "orange": ORANGE, "olive": OLIVE, "teal": TEAL, "red": RED, "purple": PURPLE,
    "green": GREEN, "gray": GRAY,
}  # fmt: skip


def luminance(color: str) -> float:
    """Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    parts = []
    for value in Color.parse(color).get_truecolor():
        share = value / 255
        parts.append(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4)
    red, green, blue = parts
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("color", COLORS.values(), ids=COLORS)
def test_readable_on_light_and_dark(color: str) -> None:
    """4.5 to 1 on black and on white; 3 to 1 on the off-blacks and off-whites of usual themes."""
    assert contrast(color, "#000000") >= 4.5
    assert contrast(color, "#ffffff") >= 4.5
    for background in ("#1e1e1e", "#002b36", "#fdf6e3"):
        assert contrast(color, background) >= 3


def test_hues_differ() -> None:
    for one, other in itertools.combinations(COLORS.values(), 2):
        distance = sum(
            (a - b) ** 2
            for a, b in zip(
                Color.parse(one).get_truecolor(), Color.parse(other).get_truecolor(), strict=True
            )
        )
        assert distance**0.5 > 60, (one, other)


def test_each_kind_has_its_hue() -> None:
    assert style_of("tensor:X") == style_of("tensor:X2") == style_of("tensor:Z") == BLUE
    assert style_of("tensor:W") == ORANGE
    assert style_of("tensor:b") == OLIVE
    assert style_of("error:dY") == style_of("error:dX") == RED
    assert style_of("gradient:dW") == style_of("gradient:db") == PURPLE
    assert GREEN in style_of("index:u")
    assert style_of("operator") == style_of("number") == style_of("words") == ""


def test_styles_are_what_rich_understands() -> None:
    for role in ("tensor:X", "index:u", "size:H", "operator", "never heard of"):
        Style.parse(style_of(role))
