"""Every gradient against the measured slope along random directions, in float64.

The central difference (L(x + hD) − L(x − hD))/2h is off by h²/6·|L'''| for its curvature and by
about ε·|L|/h for rounding.  With h = 1e-5 and numbers of order 1 both stay below 1e-9; 1e-7 of the
largest number that takes part leaves room for sums of some hundred of them.
"""

import numpy as np
import pytest

from tests.adapters import PureAdapter, operands_of
from tests.cases import ALL, Case

PURE = PureAdapter()
STEP = 1e-5
TOLERANCE = 1e-7


@pytest.mark.parametrize("case", ALL, ids=str)
def test_gradient_is_the_slope(case: Case) -> None:
    random = np.random.default_rng(2)
    operands = operands_of(case)
    y = PURE.forward(case, operands)
    dy = random.standard_normal(y.shape)
    gradients = PURE.backward(case, dy, operands)
    for name, value in operands.items():
        direction = random.standard_normal(value.shape)
        up = PURE.forward(case, {**operands, name: value + STEP * direction})
        down = PURE.forward(case, {**operands, name: value - STEP * direction})
        measured = ((up - down) * dy).sum() / (2 * STEP)
        predicted = (gradients[name] * direction).sum()
        scale = max(1.0, float(np.abs(gradients[name] * direction).sum()))
        assert abs(measured - predicted) <= TOLERANCE * scale, f"dL/d{name}"
