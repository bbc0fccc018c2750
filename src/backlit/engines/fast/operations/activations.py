"""Activation functions of float32 arrays of any shape."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from backlit.engines.fast.compiling.kernel import Kernel
from backlit.engines.fast.kernels.sizes import from_output
from backlit.engines.fast.plan.program import Operand, Phase, Place, Plan, Step, Tensor
from backlit.engines.fast.plan.running import Runner
from backlit.engines.fast.simd.lanes import lanes
from backlit.engines.fast.threads import team

from .arrays import Array, check_shape, float32

_UNIT = 512  # numbers that are dealt out to the threads at a time, whole vectors


def relu_forward(x: Any) -> Array:
    """Y = X where X > 0, else 0.

    Raises:
        InputError: an array that is no numbers.
    """
    return _forward("relu", 0.0, x)


def relu_backward(dy: Any, x: Any) -> Array:
    """dX = dY where X > 0, else 0.

    Raises:
        InputError: arrays that are no numbers or do not have the same shape.
    """
    return _backward("relu", 0.0, dy, x)


def leaky_relu_forward(x: Any, slope: float = 0.01) -> Array:
    """Y = X where X > 0, else slope·X; errors as in :func:`relu_forward`."""
    return _forward("leaky_relu", slope, x)


def leaky_relu_backward(dy: Any, x: Any, slope: float = 0.01) -> Array:
    """dX = dY where X > 0, else slope·dY; errors as in :func:`relu_backward`."""
    return _backward("leaky_relu", slope, dy, x)


def elu_forward(x: Any, alpha: float = 1.0) -> Array:
    """Y = X where X > 0, else α(e^X − 1); errors as in :func:`relu_forward`."""
    return _forward("elu", alpha, x)


def elu_backward(dy: Any, x: Any, alpha: float = 1.0) -> Array:
    """dX = dY where X > 0, else dY·α·e^X; errors as in :func:`relu_backward`."""
    return _backward("elu", alpha, dy, x)


def sigmoid_forward(x: Any) -> Array:
    """Y = σ(X) = 1/(1 + e^−X); errors as in :func:`relu_forward`."""
    return _forward("sigmoid", 0.0, x)


def sigmoid_backward(dy: Any, x: Any) -> Array:
    """dX = dY·σ(X)(1 − σ(X)); errors as in :func:`relu_backward`."""
    return _backward("sigmoid", 0.0, dy, x)


def tanh_forward(x: Any) -> Array:
    """Y = tanh X; errors as in :func:`relu_forward`."""
    return _forward("tanh", 0.0, x)


def tanh_backward(dy: Any, x: Any) -> Array:
    """dX = dY·(1 − tanh² X); errors as in :func:`relu_backward`."""
    return _backward("tanh", 0.0, dy, x)


def gelu_forward(x: Any) -> Array:
    """Y = X·Φ(X), Φ the normal distribution; errors as in :func:`relu_forward`."""
    return _forward("gelu", 0.0, x)


def gelu_backward(dy: Any, x: Any) -> Array:
    """dX = dY·(Φ(X) + X·φ(X)); errors as in :func:`relu_backward`."""
    return _backward("gelu", 0.0, dy, x)


def silu_forward(x: Any) -> Array:
    """Y = X·σ(X); errors as in :func:`relu_forward`."""
    return _forward("silu", 0.0, x)


def silu_backward(dy: Any, x: Any) -> Array:
    """dX = dY·σ(X)(1 + X(1 − σ(X))); errors as in :func:`relu_backward`."""
    return _backward("silu", 0.0, dy, x)


def _forward(kind: str, option: float, x: Any) -> Array:
    x = float32("x", x)
    return _run(("forward", kind, float(option)), x)


def _backward(kind: str, option: float, dy: Any, x: Any) -> Array:
    dy, x = float32("dy", dy), float32("x", x)
    check_shape("dy", dy, x.shape)
    seen = _forward(kind, option, x) if from_output(kind, float(option)) else x
    return _run(("backward", kind, float(option)), dy, seen)


def _run(what: tuple[str, str, float], *arrays: Array) -> Array:
    """A kernel over arrays of the same shape, filled up to whole units."""
    if not arrays[0].size:
        return np.zeros(arrays[0].shape, np.float32)
    units = -(-arrays[0].size // _UNIT)
    outside = {}
    for place, array in enumerate(arrays):
        filled = np.zeros(units * _UNIT, np.float32)
        filled[: array.size] = array.reshape(-1)
        outside[f"operand {place}"] = filled
    result = outside[f"operand {len(arrays)}"] = np.empty(units * _UNIT, np.float32)
    Runner(_plan(*what, len(arrays), lanes()), team(), 64, units).run(units, outside)
    return result[: arrays[0].size].reshape(arrays[0].shape)


@cache
def _plan(way: str, kind: str, option: float, operands: int, width: int) -> Plan:
    kernel = Kernel.of(f"activations:{way}", kind=kind, option=option, size=_UNIT, lanes=width)
    places = tuple(
        Operand(Tensor(f"operand {place}", Place.OUTSIDE, 0), step=_UNIT)
        for place in range(operands + 1)
    )
    return Plan([[Phase(0, [Step(kernel, places, kind)])]], frozenset())
