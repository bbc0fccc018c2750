"""Whole-number expressions: what they are worth, how they simplify, how they read."""

from __future__ import annotations

import pytest

from backlit.equations.indices import (
    IndexExpression,
    bracketed,
    floor,
    index,
    letter_of,
    option,
    quotient,
    remainder,
    size,
    whole,
)
from backlit.equations.typeset.places import place
from backlit.equations.typeset.text import layout_text

i, u = index("i", 9, "row"), index("u", 3, "row of the filter")
s, p, d = (option(letter, "") for letter in "spd")
H, k = size("H", "height"), size("kH", "height of the filter")
VALUES = {"i": 4, "u": 2, "s": 3, "p": 1, "d": 2, "H": 17, "kH": 5}


def text(expression: IndexExpression) -> str:
    return layout_text(place(expression))


@pytest.mark.parametrize(
    ("expression", "written", "value"),
    [
        (i * s - p + u * d, "i·s+u·d−p", 15),
        (i * 1 - 0 + u * 1, "i+u", 6),
        (i * 2 - 1 + u, "2i+u−1", 9),
        (-p + i, "i−p", 3),
        (p - i, "p−i", -3),
        (-i - u, "−i−u", -6),
        (i - i, "0", 0),
        (whole(7) - 2, "5", 5),
        (H + 2 * p - d * bracketed(k - 1) - 1, "H+2p−d(kH−1)−1", 10),
        (H - 1 * bracketed(k - 1), "H+1−kH", 13),
        (H - 2 * bracketed(k - 1), "H+2−2kH", 9),
        (floor(H - 1, s), "⌊(H−1)/s⌋", 5),
        (floor(4 * H + 8, 4), "H+2", 19),
        (floor(i, s, label="g") * k + u, "g(i)·kH+u", 7),
        (quotient(H + p - u * d - 2, s), "(H+p−u·d−2)/s", 4),
        (quotient(H + p, 1), "H+p", 18),
        (remainder(i, s), "i mod s", 1),
        (remainder(i + u, s) + 1, "((i+u) mod s)+1", 1),
        (remainder(i, 1), "0", 0),
        (bracketed(H - 1) * s + u, "(H−1)·s+u", 50),
        (floor(i, H * k), "⌊i/(H·kH)⌋", 0),
    ],
)
def test_value_and_text(expression: IndexExpression, written: str, value: int) -> None:
    assert text(expression) == written
    assert expression.evaluate(VALUES) == value


def test_numbers_fold() -> None:
    assert floor(7, 2).constant == 3
    assert remainder(7, 2).constant == 1
    assert quotient(8, 2).constant == 4
    assert (2 * whole(3) + 1).constant == 7
    assert i.constant is None


def test_order_does_not_matter_for_equality() -> None:
    assert i * s + u == u + s * i
    assert hash(i * s + u) == hash(u + s * i)
    assert i * s != i * d
    assert i != "i"


def test_substitution_simplifies() -> None:
    expression = i * s - p + u * d
    assert text(expression.substitute({"s": 1, "p": 0, "d": 1})) == "i+u"
    assert text(quotient(i + p, s).substitute({"s": 1})) == "i+p"
    assert text((d * bracketed(k - 1)).substitute({"d": 1})) == "kH−1"
    nested = floor(remainder(i, s), d).substitute({"i": 7, "s": 4, "d": 2})
    assert nested.constant == 1


def test_a_quotient_with_a_rest_is_no_place() -> None:
    with pytest.raises(ArithmeticError, match="whole"):
        quotient(i, s).evaluate(VALUES)


def test_coefficient_of() -> None:
    assert (i * s + u - p).coefficient_of("i") == (s, u - p)
    assert (u - p).coefficient_of("i") == (whole(0), u - p)
    assert floor(i, s).coefficient_of("i") is None
    assert (i * i).coefficient_of("i") is None


def test_letter_of_needs_one_letter() -> None:
    assert letter_of(i).symbol == "i"
    with pytest.raises(TypeError):
        letter_of(i + 1)
