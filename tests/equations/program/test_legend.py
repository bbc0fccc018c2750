"""What stands above a program: the meaning of every name in it, and of no other."""

from __future__ import annotations

import ast
import builtins
import re
import unicodedata

import pytest

from backlit.equations import Equation, conv2d, relu, silu, update
from backlit.equations.program import legend
from tests.equations.everything import equations

EVERY_EQUATION = [pytest.param(each, id=told) for told, each in equations()]
WORDLESS = {*dir(builtins), "window"}  # Python's own, and what the program itself says


def entries(equation: Equation) -> tuple[dict[str, str], dict[str, str]]:
    """(given, set by the program): name -> meaning."""
    lines = unicodedata.normalize("NFKC", legend(equation)).splitlines()
    found: list[dict[str, str]] = []
    for line in lines:
        if line.startswith("#   "):
            name, words = line.removeprefix("#   ").split(maxsplit=1)
            assert name not in found[-1]
            found[-1][name] = words
        else:
            found.append({})
    return found[0], found[1] if len(found) > 1 else {}


@pytest.mark.parametrize("equation", EVERY_EQUATION)
def test_every_name_is_explained_and_no_other(equation: Equation) -> None:
    names = [n for n in ast.walk(ast.parse(equation.python())) if isinstance(n, ast.Name)]
    used = {each.id for each in names} - WORDLESS
    given, made = entries(equation)
    assert not given.keys() & made.keys()
    assert used <= given.keys() | made.keys()
    assert made.keys() <= {each.id for each in names if isinstance(each.ctx, ast.Store)}
    mentioned = {word for words in given.values() for word in re.findall(r"\w+", words)}
    assert (given.keys() | made.keys()) - used <= mentioned


@pytest.mark.parametrize("equation", EVERY_EQUATION)
def test_it_is_a_comment_that_fits_a_line(equation: Equation) -> None:
    lines = legend(equation).splitlines()
    assert all(line.startswith("# ") for line in lines)
    assert max(map(len, lines)) <= 80


def test_the_words_are_those_of_the_equation() -> None:
    assert legend(conv2d(3, 2, 1, 1, 1).gradients["weight"]).splitlines() == [
        "# Given, arrays as nested lists:",
        "#   o   filter, which is also the output channel",
        "#   c   input channel",
        "#   u   row inside the filter",
        "#   v   column inside the filter",
        "#   dY  dL/dY, the error of Y: how the loss changes with it",
        "#   X   input",
        "#   N   number of images in the batch",
        "#   OH  height of the output",
        "#   OW  width of the output",
        "#   IH  height of the input",
        "#   IW  width of the input",
        "# Set by the program:",
        "#   dW  dL/dW, the gradient of W: how the loss changes with it",
        "#   n   image in the batch",
        "#   i   row of the output",
        "#   j   column of the output",
        "#   h   row of the input",
        "#   w   column of the input",
    ]


def test_an_array_that_is_added_to_is_given_with_zeros() -> None:
    faces = conv2d(3, 2, 1, 1, 1).faces
    given, made = entries(faces["scatter"])
    assert given["dX"].startswith("begins with zeros; dL/dX")
    assert {"n", "c"} <= given.keys()
    assert made.keys() == {"o", "i", "j", "u", "v", "h", "w"}
    assert entries(faces["zeros"])[0]["D"] == "begins with zeros; the error dY with zeros put in"


def test_what_an_explanation_mentions_is_explained_too() -> None:
    given, _ = entries(conv2d().forward)
    assert given["C_g"].endswith("C/G")
    assert {"C", "G"} <= given.keys()


def test_numbers_and_functions() -> None:
    assert legend(relu().forward).startswith("# Given, each a number:\n#   X  input\n")
    assert entries(silu().forward)[0]["sigmoid"].startswith("the function 1 / (1 + exp(-x))")


def test_what_is_read_and_written_is_given() -> None:
    given, made = entries(update().steps[0])
    assert given.keys() == {"W", "dW", "η"}
    assert not made
