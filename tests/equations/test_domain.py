"""Solving the bounds gives exactly the places that testing all of them would give."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlit.equations.domain import Linear, Requirement, linear, stretches
from backlit.equations.indices import index, option, quotient, remainder

i, u = index("i", 9, ""), index("u", 3, "")
s = option("s", "")

coefficient = st.integers(-3, 3)


@st.composite
def requirements(draw: st.DrawFn) -> Requirement:
    coefficients = {"a": draw(coefficient), "b": draw(coefficient)}
    place = Linear(
        draw(st.integers(-6, 6)),
        {k: f for k, f in coefficients.items() if f},
        draw(st.integers(1, 4)),
    )
    return Requirement(place, draw(st.integers(0, 6)))


@given(
    st.lists(requirements(), max_size=3),
    st.integers(0, 3),
    st.integers(0, 7),
    st.integers(0, 7),
)
def test_stretches_visit_what_testing_everything_finds(
    needed: list[Requirement], start: int, a_count: int, b_count: int
) -> None:
    loops = [("a", range(start, start + a_count)), ("b", range(b_count))]

    def exists(requirement: Requirement, values: dict[str, int]) -> bool:
        place = Fraction(requirement.place.numerator(values), requirement.place.divisor)
        return place.denominator == 1 and 0 <= place < requirement.size

    expected = [
        (a, b)
        for a, b in itertools.product(loops[0][1], loops[1][1])
        if all(exists(each, {"a": a, "b": b}) for each in needed)
    ]
    found = [(each.outer["a"], b) for each in stretches(loops, needed) for b in each.values]
    assert found == expected


def test_linear_reads_expressions() -> None:
    place = linear(quotient(i * s + u - 1, 2) + 3, {"s": 4})
    assert place == Linear(5, {"i": 4, "u": 1}, 2)
    assert linear(remainder(i, s) + u, {"i": 7, "s": 4}) == Linear(3, {"u": 1})
    assert linear(i - i + 2, {}).number == 2


def test_what_is_not_linear_is_refused() -> None:
    with pytest.raises(ValueError, match="multiplied"):
        linear(i * u, {})
    with pytest.raises(ValueError, match="not linear"):
        linear(remainder(i, s), {"s": 2})
    with pytest.raises(ValueError, match="divided by an index"):
        linear(quotient(s, i), {"s": 2})
    with pytest.raises(KeyError, match="s"):
        linear(i * s, {})
