"""NaN and infinities arrive where the book sends them, and nowhere else."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.cases import Case
from tests.engines.fast.operations.test_against_pure import (
    BOOK,
    QUICK,
    FastAdapter,
    errors_for,
    single,
)

# Not compared: pictures of a whole batch; the book's math raises where a variance is not finite.
BATCH = {"batch_norm2d"}


def kinds(array: NDArray[np.floating]) -> NDArray[np.int8]:
    """0 for a finite number, 1 for NaN, 2 and 3 for ∞ and −∞."""
    return np.select([np.isnan(array), array == np.inf, array == -np.inf], [1, 2, 3], 0)


def spoiled(array: NDArray[np.floating], value: float) -> NDArray[np.floating]:
    """One number in the middle, and one of the other sign at the end, are not finite."""
    array = array.copy()
    array.reshape(-1)[array.size // 2] = value
    array.reshape(-1)[-1] = -value
    return array


@pytest.mark.parametrize("value", [np.inf, np.nan])
@pytest.mark.parametrize("case", QUICK, ids=str)
def test_they_arrive_where_the_book_sends_them(case: Case, value: float) -> None:
    if case.operation in BATCH:
        return
    operands = single(case)
    # The book leaves out what lies outside the image; the engine may multiply zeros that stand for
    # it in memory, which is NaN where weights or errors are not finite.
    padded = case.operation == "conv2d" and case.options.get("padding", "valid") != "valid"
    if not operands["x"].size:
        return
    with np.errstate(all="ignore"):
        for name in {"x"} if padded else operands:
            given = {**operands, name: spoiled(operands[name], value)}
            ours, true = FastAdapter().forward(case, given), BOOK.forward(case, given)
            if case.operation == "softmax_cross_entropy" and np.isposinf(true):
                continue  # beside a score of ∞ the loss of another class is ∞; the engine says NaN
            np.testing.assert_array_equal(kinds(ours), kinds(true))
        dy = errors_for(case, BOOK.forward(case, operands))
        if dy.ndim and dy.size:
            got = FastAdapter().backward(case, spoiled(dy, value), operands)
            errors = BOOK.backward(case, spoiled(dy, value), operands)
            for name, array in errors.items():
                if padded and name == "w":
                    continue
                np.testing.assert_array_equal(kinds(got[name]), kinds(array), err_msg=name)
