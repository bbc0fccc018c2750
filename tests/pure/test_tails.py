"""Far out, and close to 0, every function of the book has all its digits.

The true values are computed with more digits than any definition can lose.  Each tolerance is a
count of roundings: u = 2⁻⁵³ for each operation, a unit or two for each function of Python's
library, and where a number goes through an exponential function, the error that its own rounding
makes there: a relative error of r in x is one of |x|·r in eˣ.
"""

import math
from collections.abc import Callable
from decimal import Decimal, localcontext

import pytest

from backlit import pure
from tests.precise import erfc, exp, ln, pi

U = 2.0**-53
FAR = [0.5, 1.0, 2.0, 5.0, 8.0, 10.0, 15.0, 20.0, 30.0, 37.0, 40.0, 100.0, 300.0, 600.0, 700.0]
NEAR = [1e-300, 1e-17, 1e-16, 1e-8, 1e-5, 1e-3, 0.1]
PLACES = [sign * size for size in (*NEAR, *FAR) for sign in (-1, 1)]
SMALLEST = 2.0**-1074


def sigmoid(z: Decimal) -> Decimal:
    return 1 / (1 + exp(-z))


def normal(z: Decimal) -> Decimal:
    return erfc(-z / Decimal(2).sqrt()) / 2


def density(z: Decimal) -> Decimal:
    return exp(-z * z / 2) / (2 * pi()).sqrt()


def tanh(z: Decimal) -> Decimal:
    return (exp(z) - exp(-z)) / (exp(z) + exp(-z))


def elu_slope(z: Decimal) -> Decimal:
    return exp(min(z, Decimal(0)))


TRUE: dict[str, tuple[Callable[[Decimal], Decimal], Callable[[Decimal], Decimal]]] = {
    "elu": (lambda z: z if z > 0 else exp(z) - 1, elu_slope),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * sigmoid(-z)),
    "tanh": (tanh, lambda z: 4 / (exp(z) + exp(-z)) ** 2),
    "gelu": (lambda z: z * normal(z), lambda z: normal(z) + z * density(z)),
    "softplus": (lambda z: ln(1 + exp(z)), sigmoid),
    "silu": (lambda z: z * sigmoid(z), lambda z: sigmoid(z) * (1 + z * sigmoid(-z))),
}


def roundings(name: str, z: float) -> float:
    """So many u is a result off at most, in proportion to the largest number that it is made of."""
    if name == "gelu":
        # z/√2 is off by 3u (√2, the quotient, the product z²); in e^(−z²/2) that is 3z²u.
        return 3 * z * z + 16
    return 16


def assert_close(ours: float, true: Decimal, units: float, size: Decimal, about: str) -> None:
    allowed = units * U * float(abs(size)) + units * SMALLEST
    assert abs(ours - float(true)) <= allowed, f"{about}: {ours!r}, right is {float(true)!r}"


@pytest.mark.parametrize("name", TRUE)
@pytest.mark.parametrize("z", PLACES)
def test_an_activation_and_its_slope(name: str, z: float) -> None:
    # Where definitions are differences, or add little to 1, hundreds of digits go lost.
    with localcontext(prec=400 if abs(z) < 0.1 or name == "softplus" else 60):
        number = Decimal(z)
        value, slope = (function(number) for function in TRUE[name])
        # A slope that goes through 0 is a difference: of what, counts.
        parts = {
            "gelu": normal(number) + abs(number) * density(number),
            "silu": sigmoid(number) * (1 + abs(number) * sigmoid(-number)),
        }.get(name, slope)
    y = getattr(pure, f"{name}_forward")([z])[0]
    assert_close(y, value, roundings(name, z), value, f"{name}({z})")
    dz = getattr(pure, f"{name}_backward")([1.0], [z])[0]
    assert_close(dz, slope, roundings(name, z), parts, f"{name}'({z})")


@pytest.mark.parametrize(
    ("name", "value", "slope"),
    [
        ("elu", (-1.0, math.inf), (0.0, 1.0)),
        ("sigmoid", (0.0, 1.0), (0.0, 0.0)),
        ("tanh", (-1.0, 1.0), (0.0, 0.0)),
        ("gelu", (0.0, math.inf), (0.0, 1.0)),
        ("silu", (0.0, math.inf), (0.0, 1.0)),
        ("softplus", (0.0, math.inf), (0.0, 1.0)),
        ("hard_sigmoid", (0.0, 1.0), (0.0, 0.0)),
        ("hard_swish", (0.0, math.inf), (0.0, 1.0)),
        ("relu6", (0.0, 6.0), (0.0, 0.0)),
        ("relu", (0.0, math.inf), (0.0, 1.0)),
        ("leaky_relu", (-math.inf, math.inf), (0.01, 1.0)),
    ],
)
def test_at_infinity_there_are_the_limits(
    name: str, value: tuple[float, float], slope: tuple[float, float]
) -> None:
    ends = [-math.inf, math.inf]
    assert getattr(pure, f"{name}_forward")(ends) == list(value)
    assert getattr(pure, f"{name}_backward")([1.0, 1.0], ends) == list(slope)


def test_numbers_that_were_wrong() -> None:
    """To as many digits as they were reported with."""
    assert pure.gelu_forward([-10.0])[0] == pytest.approx(-7.61985e-23, rel=1e-6)
    assert pure.elu_forward([-1e-17]) == [-1e-17]


@pytest.mark.parametrize("ahead", [0.0, 1e-9, 1.0, 10.0, 36.0, 40.0, 300.0, 700.0])
@pytest.mark.parametrize("label", [0, 1, 2])
def test_loss_and_error_of_a_class_that_is_almost_sure(ahead: float, label: int) -> None:
    row = [ahead, 0.0, -0.5]
    with localcontext(prec=400):
        powers = [exp(Decimal(number)) for number in row]
        total = sum(powers, Decimal(0))
        others = sum((p for k, p in enumerate(powers) if k != label), Decimal(0))
        # ln(total/power) = ln(1 + others/power)
        loss = ln(1 + others / powers[label])
        errors = [power / total for power in powers]
        errors[label] = -others / total
    # The exponent is a difference of two scores, rounded once: that is |difference|·u in its power.
    units = ahead + 0.5 + 12
    found = pure.softmax_cross_entropy_forward([row], [label])
    assert_close(found, loss, units, loss, f"loss at {ahead}")
    (dz,) = pure.softmax_cross_entropy_backward([row], [label])
    for ours, true in zip(dz, errors, strict=True):
        assert_close(ours, true, units, true, f"error at {ahead}")
    (p,) = pure.softmax([row])
    for ours, power in zip(p, powers, strict=True):
        assert_close(ours, power / total, units, power / total, f"probability at {ahead}")
