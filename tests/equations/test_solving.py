"""The places of a reference inverted: digits, affine places, and what cannot be solved."""

from __future__ import annotations

import pytest

from backlit.equations.derivation import derive
from backlit.equations.expressions import call, sum_over
from backlit.equations.indices import floor, index, remainder, size
from backlit.equations.solving import solve
from backlit.equations.tensors import Tensor
from backlit.equations.typeset import plain_text
from backlit.equations.typeset.places import place
from backlit.equations.typeset.text import layout_text

A, B, C = (size(letter, "") for letter in "ABC")
a, b, c = index("a", A, ""), index("b", B, ""), index("c", C, "")
f = index("f", A * B * C, "")
k = index("k", A * B, "")
x = index("x", 4, "")


def test_digits_join_to_one_number() -> None:
    places = floor(f, B * C), remainder(floor(f, C), B), remainder(f, C)
    letter = f.letter
    assert letter is not None
    solution = solve(places, (a, b, c), [letter], [])
    assert layout_text(place(solution.values["f"])) == "(a·B+b)·C+c"
    assert not solution.lets
    assert not solution.ranges


def test_a_missing_low_digit_leaves_a_range() -> None:
    letter = f.letter
    assert letter is not None
    (loop,) = solve([floor(f, C)], [k], [letter], []).ranges
    assert (loop.letter, loop.start, loop.count) == (letter, k * C, C)


def test_digits_with_a_gap_are_refused() -> None:
    letter = f.letter
    assert letter is not None
    with pytest.raises(ValueError, match="do not form one number"):
        solve([floor(f, B * C), remainder(f, C)], [a, c], [letter], [])


X, W = Tensor("X", (a, b), "input"), Tensor("W", (b,), "weights", learned=True)
Y = Tensor("Y", (a,), "output")


def test_derivation_of_a_matrix_vector_product() -> None:
    right = sum_over((b,), W[b] * X[a, b])
    weight, error = derive(Y[a], right, W), derive(Y[a], right, X)
    assert (plain_text(weight.left), plain_text(weight.right)) == ("dW[b]", "Σ_a dY[a] · X[a,b]")
    assert (plain_text(error.left), plain_text(error.right)) == ("dX[a,b]", "dY[a] · W[b]")


@pytest.mark.parametrize(
    "right",
    [
        sum_over((b,), W[b] * W[b]),
        sum_over((b,), W[b] * call("exp", W[b])),
        sum_over((b,), call("exp", W[b])),
        sum_over((b,), X[a, b] * W[b]) + sum_over((b,), W[b]),
        X[a, 0] - sum_over((b,), W[b]),
        sum_over((b,), X[a, b]),
    ],
)
def test_what_is_not_linear_in_this_way_is_refused(right: object) -> None:
    with pytest.raises(ValueError, match="W must occur"):
        derive(Y[a], right, W)  # type: ignore[arg-type]


def test_a_place_without_an_output_index_is_refused() -> None:
    right = sum_over((b,), X[a, b + x] * W[b])
    with pytest.raises(ValueError, match="cannot be solved"):
        derive(Y[a], right, X)
