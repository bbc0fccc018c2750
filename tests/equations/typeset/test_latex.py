"""Equations as LaTeX: snapshots, balance, and nothing but LaTeX in it."""

from __future__ import annotations

import re

import pytest

from backlit.equations import Equation, conv2d, elu, softmax_cross_entropy
from tests.equations.everything import EVERY_FORMULA


@pytest.mark.parametrize(
    ("equation", "expected"),
    [
        (
            conv2d(3, 2, 1, 1, 1).gradients["input"],
            r"{\mathrm{d}X}_{n, c, h, w} = \sum_{o, u, v} "
            r"{\mathrm{d}Y}_{n, o, \left(h + 1 - u\right) / 2, \left(w + 1 - v\right) / 2} "
            r"\cdot {W}_{o, c, u, v}",
        ),
        (
            elu(1).forward,
            r"Y = \begin{cases} X & \text{if } X > 0 \\ {e}^{X} - 1 & \text{otherwise} \end{cases}",
        ),
        (
            softmax_cross_entropy().steps[0],
            r"{P}_{n, k} = \frac{{e}^{{Z}_{n, k}}}{\sum_{m} {e}^{{Z}_{n, m}}}",
        ),
    ],
)
def test_snapshots(equation: Equation, expected: str) -> None:
    assert equation.latex() == expected


def test_colors_wrap_letters() -> None:
    colored = elu(1).forward.latex({"tensor:Y": "teal"})
    assert colored.startswith(r"\textcolor{teal}{Y} = ")
    assert colored.count("textcolor") == 1


def _balanced(text: str) -> bool:
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def test_all_braces_and_fences_balance() -> None:
    for told, formula in EVERY_FORMULA:
        text = formula.latex()
        assert _balanced(text), told
        assert len(re.findall(r"\\left(?![a-z])", text)) == len(
            re.findall(r"\\right(?![a-z])", text)
        ), told
        assert text.count(r"\begin") == text.count(r"\end"), told


def test_nothing_is_left_that_latex_does_not_know() -> None:
    """Outside of words only ASCII, so that any engine can read it."""
    for told, formula in EVERY_FORMULA:
        mathematics = re.sub(r"\\text\{[^}]*\}", "", formula.latex())
        assert mathematics.isascii(), f"{told}: {mathematics}"
