"""The elementary functions against NumPy's and the standard library's in float64."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from backlit.engines.fast.compiling.kernel import Body, Kernel
from tests.engines.fast.running import run

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

_TAIL = 15.0


class _Each(Kernel):
    """y = function(x), number by number."""

    def body(self) -> Body:
        from backlit.engines.fast.simd.functions import functions
        from backlit.engines.fast.simd.intrinsics import floats, intrinsics
        from backlit.engines.fast.simd.subroutine import subroutine

        lanes, name = dict(self.constants)["lanes"], dict(self.constants)["name"]
        load, store = intrinsics(lanes).load, intrinsics(lanes).store
        known = functions(lanes)
        called: Any = getattr(known, name, None)
        if name == "tail":  # the pieces together: Φ(−a), and with a factor for the whole range
            decay, normal_ratio = known.decay, known.normal_ratio
            fma = intrinsics(lanes).fma

            def tail(a: Any) -> Any:
                square = a * a
                low = fma(a, a, 0.0 - square) * -0.5
                return decay(square * -0.5, low, normal_ratio(a))

            called = subroutine(tail)

        def body(a: Any) -> None:
            x, y = floats(a, 1), floats(a, 2)
            for i in range(0, a[0], lanes):
                store(y, i, called(load(x, i)))

        return body


def _computed(name: str, lanes: int, x: Floats) -> Floats:
    padded = np.append(x, np.zeros(-x.size % lanes, np.float32))
    y = np.empty_like(padded)
    run(_Each.of("tests:each", name=name, lanes=lanes), padded.size, padded, y)
    return y[: x.size]


def _everywhere() -> Floats:
    """Numbers of every size and both signs, the denormal ones included, and many around 1."""
    bits = np.arange(0, 0x7F800000, 65521, dtype=np.uint32)
    positive = np.concatenate([bits.view(np.float32), np.linspace(0, 110, 60001, dtype=np.float32)])
    return np.concatenate([positive, -positive])


def _units(got: Floats, exact: Doubles) -> float:
    """The largest error, in units in the last place of the exact result."""
    with np.errstate(over="ignore"):
        nearest = exact.astype(np.float32)
    inside = np.isfinite(nearest) & np.isfinite(got)
    np.testing.assert_array_equal(got[~inside], nearest[~inside])
    size = np.spacing(np.abs(nearest[inside]))
    return float(np.max(np.abs(got[inside] - exact[inside]) / size))


def _sigmoid(x: Doubles) -> Doubles:
    share: Doubles = np.where(x < 0, np.exp(np.minimum(x, 0)), 1) / (1 + np.exp(-np.abs(x)))
    return share


def _tail(x: Doubles) -> Doubles:
    return np.array([math.erfc(a / math.sqrt(2)) / 2 for a in x])


_EXACT: dict[str, tuple[Callable[[Doubles], Doubles], float]] = {
    "exp": (np.exp, 1.5),
    "log": (np.log, 1.5),
    "tanh": (np.tanh, 2.5),
    "sigmoid": (_sigmoid, 2.5),
    "expm1": (np.expm1, 1.5),
    "tail": (_tail, 5.0),
}


@pytest.mark.parametrize("lanes", [4, 8, 16])
@pytest.mark.parametrize("name", _EXACT)
def test_functions_are_exact_to_a_few_units_in_the_last_place(name: str, lanes: int) -> None:
    x = _everywhere()
    if name == "expm1":
        x = x[x <= 0]
    elif name == "tail":
        x = x[(x >= 0) & (x <= _TAIL)]
    elif name == "log":
        x = np.concatenate([x[x > 0], np.linspace(0.5, 2, 20001, dtype=np.float32)])
    function, allowed = _EXACT[name]
    with np.errstate(all="ignore"):
        assert _units(_computed(name, lanes, x), function(x.astype(np.float64))) <= allowed


@pytest.mark.parametrize("lanes", [4, 8, 16])
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # of NaN, −∞, ∞, −0, 0
        ("exp", [math.nan, 0, math.inf, 1, 1]),
        ("expm1", [math.nan, -1, None, 0, 0]),
        ("log", [math.nan, math.nan, math.inf, -math.inf, -math.inf]),
        ("tanh", [math.nan, -1, 1, -0.0, 0.0]),
        ("sigmoid", [math.nan, 0, 1, 0.5, 0.5]),
        ("tail", [math.nan, None, None, 0.5, 0.5]),
    ],
)
def test_nan_and_infinity_arrive(name: str, expected: list[float | None], lanes: int) -> None:
    x = np.array([math.nan, -math.inf, math.inf, -0.0, 0.0], np.float32)
    for got, wanted in zip(_computed(name, lanes, x), expected, strict=True):
        if wanted is not None:
            assert got == pytest.approx(wanted, abs=0, rel=1e-7, nan_ok=True)
            assert name != "tanh" or math.copysign(1, got) == math.copysign(1, wanted)


def test_the_logarithm_of_a_negative_number_is_nan() -> None:
    assert np.isnan(_computed("log", 4, np.array([-1e-40, -1, -3e38], np.float32))).all()
