"""The book against PyTorch, float64: outputs and gradients of every case to 1e-9."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters import PureAdapter, operands_of
from tests.cases import ALL, Case, conv2d_cases, pool_cases

pytestmark = pytest.mark.torch
TOLERANCE = 1e-9


def assert_same_as_torch(case: Case, seed: int = 0) -> None:
    from tests.torch_oracle import TorchAdapter

    pure, torch = PureAdapter(), TorchAdapter()
    operands = operands_of(case, seed)
    y = pure.forward(case, operands)
    np.testing.assert_allclose(y, torch.forward(case, operands), rtol=TOLERANCE, atol=TOLERANCE)
    dy = np.random.default_rng(seed + 1).standard_normal(y.shape)
    ours, theirs = pure.backward(case, dy, operands), torch.backward(case, dy, operands)
    assert ours.keys() == theirs.keys()
    for name in ours:
        np.testing.assert_allclose(
            ours[name], theirs[name], rtol=TOLERANCE, atol=TOLERANCE, err_msg=f"dL/d{name}"
        )


@pytest.mark.parametrize("case", ALL, ids=str)
def test_case(case: Case) -> None:
    assert_same_as_torch(case)


@given(case=conv2d_cases(), seed=st.integers(0, 1000))
def test_any_convolution(case: Case, seed: int) -> None:
    assert_same_as_torch(case, seed)


@given(case=pool_cases(), seed=st.integers(0, 1000))
def test_any_pooling(case: Case, seed: int) -> None:
    assert_same_as_torch(case, seed)
