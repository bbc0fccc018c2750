"""Every case of the one table through the fast engine's operations, against the book in float64.

An element that is a sum of K products may be off by C·√K·2⁻²⁴ of the sum of their absolute values:
roundings are of either sign, so they grow as the square root of their number (Higham and Mary,
"A new approach to probabilistic rounding error analysis", 2019).  Elements of smooth operations are
within 2⁻¹⁸ of the largest: a dozen operations, each of some roundings.
"""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray

from backlit import fast
from backlit.engines.fast.simd.lanes import WIDTHS
from tests.adapters import Operands, PureAdapter, operands_of
from tests.cases import ALL, LINEAR, POOLS, Case, conv2d_cases, pool_cases

BOOK = PureAdapter()
C, SHORT = 4, 16  # shorter sums are treated like sums of SHORT terms
SHAPING = {"add", "concat", "dropout", "flatten"}  # no operations of their own here
CASES = [case for case in ALL if case.operation not in SHAPING]
# A convolution takes a second to compile, and a pool half of one.  Those that are much like another
# one, or have fewer peculiarities than it, are left to the tests in every width below, which
# include the width of this machine.
ALIKE = {
    *("the plain 3x3", "no bias", "1x1", "even kernel", "a row as kernel", "a column as kernel"),
    *("kernel as large as the image", "stride 2", "stride 3 with remainders", "valid", "same"),
    *("stride larger than the kernel", "padding 1", "padding beyond the kernel", "2 groups"),
    *("unequal padding", "dilation 2", "same, dilated", "2 groups of 90 channels"),
    *("one image, more channels than filters", "1x1 with stride", "odd, not square image"),
    *("even kernel, padded", "unequal kernel", "stride 2 with a remainder", "unequal strides"),
    *("stride larger than the kernel, padded", "same, stride 2", "2 groups of 90 filters"),
    "dilation, stride, padding",
}
ALIKE_POOLS = {
    *("2x2", "a stride that leaves a remainder", "overlapping windows", "stride 1", "1x1"),
    *("stride larger than the kernel", "same"),
}
_LEFT = [
    *(case for case in CASES if case.operation == "conv2d" and case.about in ALIKE),
    *(case for case in POOLS if case.about in ALIKE_POOLS),
]
assert len(_LEFT) == len(ALIKE) + 2 * len(ALIKE_POOLS)
QUICK = [pytest.param(c, marks=[pytest.mark.widths] if c in _LEFT else []) for c in CASES]


class FastAdapter:
    """The functions of backlit.fast."""

    def forward(self, case: Case, operands: Operands) -> NDArray[Any]:
        function = getattr(fast, f"{case.operation}_forward")
        if case.operation == "softmax_cross_entropy":
            return np.array(function(operands["x"], case.options["labels"]))
        given = dict(operands)
        if case.operation in {"conv2d", "dense"}:
            given.setdefault("b", None)  # type: ignore[arg-type]
        return np.asarray(function(*given.values(), **case.options))

    def backward(self, case: Case, dy: NDArray[Any], operands: Operands) -> Operands:
        function = getattr(fast, f"{case.operation}_backward")
        if case.operation == "softmax_cross_entropy":
            return {"x": function(operands["x"], case.options["labels"]) * dy}
        seen = [array for name, array in operands.items() if name not in {"b", "beta"}]
        gradients = function(dy, *seen, **case.options)
        gradients = gradients if isinstance(gradients, tuple) else (gradients,)
        return dict(zip(operands, gradients, strict=False))


def single(case: Case) -> Operands:
    """Operands that are exact in float32, as float64."""
    return {
        name: np.asarray(array, np.float32).astype(np.float64)
        for name, array in operands_of(case).items()
    }


def errors_for(case: Case, y: NDArray[Any]) -> NDArray[Any]:
    if y.ndim == 0:
        return np.array(1.0)
    random = np.random.default_rng(5)
    return random.standard_normal(y.shape).astype(np.float32).astype(np.float64)


def bounds(case: Case, dy: NDArray[Any], operands: Operands) -> tuple[Any, Operands]:
    """How far the output and each gradient of a linear operation may be off."""
    sizes = {name: np.abs(array) for name, array in operands.items()}
    ones = {name: np.ones_like(array) for name, array in operands.items()}

    def bound(total: NDArray[Any], terms: NDArray[Any]) -> NDArray[Any]:
        allowed: NDArray[Any] = C * np.sqrt(np.maximum(terms, SHORT)) * 2.0**-24 * total
        return allowed

    outputs = bound(BOOK.forward(case, sizes), BOOK.forward(case, ones))
    totals = BOOK.backward(case, np.abs(dy), sizes)
    terms = BOOK.backward(case, np.ones_like(dy), ones)
    return outputs, {name: bound(totals[name], terms[name]) for name in totals}


def check(case: Case) -> None:
    engine, operands = FastAdapter(), single(case)
    y, ours = BOOK.forward(case, operands), FastAdapter().forward(case, operands)
    dy = errors_for(case, y)
    true, gradients = BOOK.backward(case, dy, operands), engine.backward(case, dy, operands)
    if case in LINEAR or case.operation == "conv2d":
        output_bound, gradient_bounds = bounds(case, dy, operands)
    else:
        output_bound = 2.0**-18 * np.abs(y).max(initial=1e-3)
        gradient_bounds = {
            name: np.array(2.0**-18 * np.abs(array).max(initial=1e-3))
            for name, array in true.items()
        }
    assert ours.shape == y.shape
    assert ours.dtype == np.float32 or case.operation == "softmax_cross_entropy"
    assert np.all(np.abs(ours - y) <= output_bound)
    assert gradients.keys() == {name for name in true if name in gradients}
    assert len(gradients) >= len([name for name in true if name != "b"])
    for name, array in true.items():
        assert gradients[name].shape == array.shape, name
        assert np.all(np.abs(gradients[name] - array) <= gradient_bounds[name]), name


@pytest.mark.parametrize("case", QUICK, ids=str)
def test_every_case(case: Case) -> None:
    check(case)


@pytest.mark.widths
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_case_in_every_width(case: Case, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKLIT_LANES", str(width))
    check(case)


@pytest.mark.widths
@settings(max_examples=30, deadline=None)
@given(conv2d_cases())
def test_any_convolution(case: Case) -> None:
    check(case)


@pytest.mark.widths
@settings(max_examples=20, deadline=None)
@given(pool_cases())
def test_any_pool(case: Case) -> None:
    check(case)
