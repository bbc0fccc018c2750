"""The activation kernels against the book."""

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from backlit import pure
from backlit.engines.fast.compiling.kernel import Kernel
from backlit.engines.fast.kernels.activations import from_output
from backlit.layers import ELU, LAYERS, Activation, LeakyReLU
from tests.engines.fast.kernels.widths import EVERY_WIDTH
from tests.engines.fast.running import run

ACTIVATIONS = [layer() for layer in LAYERS.values() if issubclass(layer, Activation)]
Floats = NDArray[np.float32]
_UNIT = 2.0**-24
_SMALLEST = 2.0**-126  # what is smaller is 0 inside the engine

# kind, option, the book's functions with their arguments
_KINDS: list[tuple[str, float, Any, Any, tuple[float, ...]]] = [
    ("relu", 0.0, pure.relu_forward, pure.relu_backward, ()),
    ("relu6", 0.0, pure.relu6_forward, pure.relu6_backward, ()),
    ("leakyrelu", 0.01, pure.leaky_relu_forward, pure.leaky_relu_backward, (0.01,)),
    ("elu", 1.0, pure.elu_forward, pure.elu_backward, (1.0,)),
    ("sigmoid", 0.0, pure.sigmoid_forward, pure.sigmoid_backward, ()),
    ("hardsigmoid", 0.0, pure.hard_sigmoid_forward, pure.hard_sigmoid_backward, ()),
    ("tanh", 0.0, pure.tanh_forward, pure.tanh_backward, ()),
    ("hardswish", 0.0, pure.hard_swish_forward, pure.hard_swish_backward, ()),
    ("softplus", 0.0, pure.softplus_forward, pure.softplus_backward, ()),
    ("gelu", 0.0, pure.gelu_forward, pure.gelu_backward, ()),
    ("silu", 0.0, pure.silu_forward, pure.silu_backward, ()),
]
_ODD = [  # whose outputs do not tell the slopes
    ("leakyrelu", -0.5, pure.leaky_relu_forward, pure.leaky_relu_backward, (-0.5,)),
    ("elu", -0.7, pure.elu_forward, pure.elu_backward, (-0.7,)),
]
_SIZE = 48


def _numbers(seed: int, images: int = 20) -> Floats:
    random = np.random.default_rng(seed)
    z = random.normal(size=(images, _SIZE)) * 10.0 ** random.integers(-3, 2, (images, _SIZE))
    z[0, :3] = [0.0, -0.0, 1e-40]
    return z.astype(np.float32)


def _forward(kind: str, option: float, lanes: int, z: Floats) -> Floats:
    a = np.full_like(z, 7)
    kernel = Kernel.of("activations:forward", kind=kind, option=option, lanes=lanes)
    run(kernel, len(z), z, a, _SIZE)
    return a


def _backward(
    kind: str, option: float, lanes: int, dy: Floats, z: Floats, more: bool = False
) -> Floats:
    seen = _forward(kind, option, lanes, z) if from_output(kind, option) else z
    dz = np.full_like(z, 3)
    kernel = Kernel.of(
        "activations:backward", kind=kind, option=option, lanes=lanes, accumulate=more
    )
    run(kernel, len(z), dy, seen, dz, _SIZE)
    return dz


@pytest.mark.parametrize("lanes", EVERY_WIDTH)
@pytest.mark.parametrize(("kind", "option", "forward", "backward", "extra"), [*_KINDS, *_ODD])
def test_activations_are_those_of_the_book(
    kind: str, option: float, forward: Any, backward: Any, extra: tuple[float, ...], lanes: int
) -> None:
    z, dy = _numbers(1), _numbers(2)
    exact = np.array(forward(z.astype(float).tolist(), *extra))
    got = _forward(kind, option, lanes, z)
    # In the tails, too, as far as float32 has normal numbers.
    assert np.all(np.abs(got - exact) <= 14 * _UNIT * np.abs(exact) + _SMALLEST)

    exact = np.array(backward(dy.astype(float).tolist(), z.astype(float).tolist(), *extra))
    got = _backward(kind, option, lanes, dy, z)
    assert np.all(np.abs(got - exact) <= 8 * _UNIT * np.abs(dy) + 1e-30)
    if not from_output(kind, option):
        tail = z < -4  # where no slope goes through 0
        assert np.all(np.abs(got - exact)[tail] <= 32 * _UNIT * np.abs(exact)[tail] + 1e-36)


@pytest.mark.parametrize("kind", ["elu", "silu"])
def test_the_error_is_added_to_what_is_there(kind: str) -> None:
    z, dy = _numbers(3), _numbers(4)
    expected = _backward(kind, 1.0, 8, dy, z) + np.float32(3)
    got = _backward(kind, 1.0, 8, dy, z, more=True)
    np.testing.assert_allclose(got, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "option", "values", "slopes"),
    [
        # at −∞, ∞ and NaN
        ("relu", 0.0, [0, math.inf], [0, 1]),
        ("relu6", 0.0, [0, 6], [0, 0]),
        ("leakyrelu", 0.01, [-math.inf, math.inf], [0.01, 1]),
        ("elu", 1.0, [-1, math.inf], [0, 1]),
        ("elu", -0.7, [0.7, math.inf], [0, 1]),
        ("sigmoid", 0.0, [0, 1], [0, 0]),
        ("hardsigmoid", 0.0, [0, 1], [0, 0]),
        ("tanh", 0.0, [-1, 1], [0, 0]),
        ("hardswish", 0.0, [0, math.inf], [0, 1]),
        ("softplus", 0.0, [0, math.inf], [0, 1]),
        ("gelu", 0.0, [0, math.inf], [0, 1]),
        ("silu", 0.0, [0, math.inf], [0, 1]),
    ],
)
def test_infinities_and_nan(
    kind: str, option: float, values: list[float], slopes: list[float]
) -> None:
    z = np.zeros((1, _SIZE), np.float32)
    z[0, :3] = [-math.inf, math.inf, math.nan]
    a = _forward(kind, option, 8, z)
    np.testing.assert_allclose(a[0, :3], [*values, math.nan], rtol=1e-6)
    dz = _backward(kind, option, 8, np.ones_like(z), z)
    np.testing.assert_allclose(dz[0, :2], slopes, rtol=1e-6)
    # Of these the book's slope at NaN is a number: the one of the right side.
    expected = {"relu": 1, "relu6": 1, "leakyrelu": 1, "elu": 1, "hardsigmoid": np.float32(1 / 6)}
    np.testing.assert_equal(dz[0, 2], expected.get(kind, math.nan))


@pytest.mark.parametrize(
    ("kind", "z"),
    [
        ("relu", -1.0),
        ("relu6", -1.0),
        ("relu6", 6.0),
        ("hardsigmoid", -3.0),
        ("hardsigmoid", 3.0),
        ("hardswish", -3.0),
    ],
)
def test_no_error_passes_where_it_is_off(kind: str, z: float) -> None:
    off = np.full((1, _SIZE), z, np.float32)
    dy = np.full_like(off, math.nan)
    dy[0, ::2] = math.inf
    assert np.array_equal(_backward(kind, 0.0, 8, dy, off), np.zeros_like(off))


@pytest.mark.parametrize("layer", [*ACTIVATIONS, LeakyReLU(-0.5), ELU(-0.7), ELU(0.0)], ids=repr)
def test_a_kernel_takes_the_slope_from_where_its_layer_says(layer: Activation) -> None:
    assert from_output(*layer.function) is layer.slope_from_output


@pytest.mark.parametrize("kind", ["elu", "gelu"])
def test_in_place(kind: str) -> None:
    z = _numbers(5)
    expected = _forward(kind, 1.0, 8, z)
    kernel = Kernel.of("activations:forward", kind=kind, option=1.0, lanes=8)
    run(kernel, len(z), z, z, _SIZE)
    assert np.array_equal(z, expected)
