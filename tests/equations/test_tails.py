"""What equations say of activations far out and close to 0, against the book, digit by digit.

Both compute with floats, by formulas that differ in a few operations; each rounds by a share
of 2⁻⁵³.  In the exponent of a power of e a share of r is one of |exponent|·r in the result.
"""

import pytest

from backlit import pure
from backlit.equations import elu, gelu, sigmoid, silu, softplus, tanh
from backlit.equations.operation import Operation
from tests.pure.test_tails import PLACES, SMALLEST, U

OPERATIONS = {
    "elu": elu(1),
    "sigmoid": sigmoid(),
    "tanh": tanh(),
    "gelu": gelu(),
    "silu": silu(),
    "softplus": softplus(),
}


def units(name: str, z: float) -> float:
    return 24 + (6 * z * z if name == "gelu" else 0)


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_output(name: str) -> None:
    (forward,) = OPERATIONS[name].steps
    for z in PLACES:
        (book,) = getattr(pure, f"{name}_forward")([z])
        total = float(forward.evaluate((0,), {"X": [z]}).total)
        assert abs(total - book) <= units(name, z) * (U * abs(book) + SMALLEST), z


@pytest.mark.parametrize("name", ["gelu", "silu", "softplus"])
def test_a_slope_that_is_told_by_the_input(name: str) -> None:
    for z in PLACES:
        (book,) = getattr(pure, f"{name}_backward")([1.0], [z])
        # A slope close to 0 is a difference of numbers about as large as the output.
        (y,) = getattr(pure, f"{name}_forward")([z])
        size = abs(book) + abs(z * y) + abs(y)
        assert abs(gradient(OPERATIONS[name], z, y) - book) <= units(name, z) * (
            U * size + SMALLEST
        ), z


@pytest.mark.parametrize("name", ["elu", "sigmoid", "tanh"])
def test_a_slope_that_is_told_by_the_output_is_as_right_as_that_is(name: str) -> None:
    """Y(1 − Y), 1 − Y² and Y + α: a Y next to 1 or −α is rounded by a share of that."""
    for z in PLACES:
        (book,) = getattr(pure, f"{name}_backward")([1.0], [z])
        (y,) = getattr(pure, f"{name}_forward")([z])
        assert abs(gradient(OPERATIONS[name], z, y) - book) <= 8 * U, z


def gradient(operation: Operation, z: float, y: float) -> float:
    tensors = {"X": [z], "Y": [y], "dY": [1.0]}
    return float(operation.gradients["input"].evaluate((0,), tensors).total)
