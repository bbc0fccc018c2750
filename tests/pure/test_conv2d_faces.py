"""The three faces of the input gradient are the same numbers; the turned filter is only in one."""

from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlit.pure import (
    conv2d_backward,
    conv2d_forward,
    conv2d_input_gradient,
    conv2d_input_gradient_correlation,
    conv2d_input_gradient_gather,
)
from backlit.pure.conv2d_faces import turn_180
from tests.adapters import PureAdapter, fractions, fractions_of
from tests.cases import CONV2D, Case, conv2d_cases

FACES = [
    conv2d_input_gradient,
    conv2d_input_gradient_gather,
    conv2d_input_gradient_correlation,
]


def assert_faces_agree(case: Case, seed: int = 0) -> None:
    operands = fractions_of(case, seed)
    _, _, height, width = case.shapes["x"]
    y = PureAdapter().forward(case, operands)
    dy = fractions(np.random.default_rng(seed).integers(-9, 10, y.shape)).tolist()
    w, options = operands["w"].tolist(), dict(case.options)
    scatter, gather, correlation = (face(dy, w, (height, width), **options) for face in FACES)
    assert scatter == gather
    assert scatter == correlation
    assert scatter == conv2d_backward(dy, operands["x"].tolist(), w, **options)[0]


@pytest.mark.parametrize("case", CONV2D, ids=str)
def test_faces_agree_exactly(case: Case) -> None:
    assert_faces_agree(case)


@given(case=conv2d_cases(), seed=st.integers(0, 1000))
def test_faces_agree_on_any_convolution(case: Case, seed: int) -> None:
    assert_faces_agree(case, seed)


class TestTheExampleForPencilAndPaper:
    """X = 0..15 as 4x4, W = [[1, 2], [3, 4]], only dY[0,0] = 1."""

    x: ClassVar = [[[[4 * row + column for column in range(4)] for row in range(4)]]]
    w: ClassVar = [[[[1, 2], [3, 4]]]]
    dy: ClassVar = [[[[1, 0, 0], [0, 0, 0], [0, 0, 0]]]]

    def test_nothing_is_turned_in_the_forward_pass(self) -> None:
        y = conv2d_forward(self.x, self.w, [0])
        assert y[0][0][0][0] == 1 * 0 + 2 * 1 + 3 * 4 + 4 * 5

    def test_filter_gradient_is_the_window(self) -> None:
        assert conv2d_backward(self.dy, self.x, self.w)[1] == [[[[0, 1], [4, 5]]]]

    @pytest.mark.parametrize("face", FACES, ids=lambda face: face.__name__)
    def test_input_gradient_is_the_filter(self, face: Any) -> None:
        dx = face(self.dy, self.w, (4, 4))[0][0]
        assert dx == [[1, 2, 0, 0], [3, 4, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]

    def test_bias_gradient_is_the_sum_of_the_error(self) -> None:
        assert conv2d_backward(self.dy, self.x, self.w)[2] == [1]


def test_turning_twice_is_not_turning() -> None:
    assert turn_180([[1, 2, 3], [4, 5, 6]]) == [[6, 5, 4], [3, 2, 1]]
    assert turn_180(turn_180([[1, 2, 3], [4, 5, 6]])) == [[1, 2, 3], [4, 5, 6]]
