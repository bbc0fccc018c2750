from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from backlit.system.numbers import is_count, is_finite, is_number, is_positive, is_whole

NAN, INF = float("nan"), float("inf")
WHOLE = [3, 0, -3, np.int64(3), np.uint8(0), 10**400]
OTHER = [2.5, Fraction(1, 2), np.float32(-2.5), 3.0]
ENDLESS = [NAN, INF, -INF, np.float64("inf")]
NONE = [None, True, False, np.True_, "3", b"3", 1j, [3], np.array([3, 4])]
EVERYTHING = [*WHOLE, *OTHER, *ENDLESS, *NONE]


@pytest.mark.parametrize(
    ("check", "passed"),
    [
        (is_whole, WHOLE),
        (is_count, [3, np.int64(3), 10**400]),
        (is_number, [*WHOLE, *OTHER, *ENDLESS]),
        (is_finite, [*WHOLE[:-1], *OTHER]),
        (is_positive, [3, np.int64(3), 2.5, Fraction(1, 2), 3.0]),
    ],
)
def test_what_passes(check: Callable[[object], bool], passed: list[object]) -> None:
    answers = {repr(value): check(value) for value in EVERYTHING}
    assert set(answers.values()) == {True, False}
    assert {text for text, answer in answers.items() if answer} == set(map(repr, passed))
