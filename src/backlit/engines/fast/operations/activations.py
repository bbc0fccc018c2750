"""Activation functions of float32 arrays of any shape."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from backlit.engines.fast.compiling.kernel import Kernel
from backlit.engines.fast.plan.parts import (
    KernelCall,
    Operand,
    Phase,
    Place,
    Plan,
    PlanTensor,
    numbers,
)
from backlit.engines.fast.plan.running import Runner
from backlit.engines.fast.simd.lanes import lanes
from backlit.engines.fast.threads import team
from backlit.errors import InputError
from backlit.layers import (
    ELU,
    GELU,
    Activation,
    HardSigmoid,
    HardSwish,
    LeakyReLU,
    PReLU,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softplus,
    Tanh,
)

from .arrays import Array, check_shape, float32
from .single import Single, single

__all__ = [
    "elu_backward",
    "elu_forward",
    "gelu_backward",
    "gelu_forward",
    "hard_sigmoid_backward",
    "hard_sigmoid_forward",
    "hard_swish_backward",
    "hard_swish_forward",
    "leaky_relu_backward",
    "leaky_relu_forward",
    "prelu_backward",
    "prelu_forward",
    "relu6_backward",
    "relu6_forward",
    "relu_backward",
    "relu_forward",
    "sigmoid_backward",
    "sigmoid_forward",
    "silu_backward",
    "silu_forward",
    "softplus_backward",
    "softplus_forward",
    "tanh_backward",
    "tanh_forward",
]

_UNIT = 512  # numbers that are dealt out to the threads at a time, whole vectors


def relu_forward(x: Any) -> Array:
    """Y = X where X > 0, else 0.

    Raises:
        InputError: an array that is no numbers.
    """
    return _forward(ReLU(), x)


def relu_backward(dy: Any, x: Any) -> Array:
    """dX = dY where X > 0, else 0.

    Raises:
        InputError: arrays that are no numbers or do not have the same shape.
    """
    return _backward(ReLU(), dy, x)


def relu6_forward(x: Any) -> Array:
    """Y = min(max(X, 0), 6); errors as in :func:`relu_forward`."""
    return _forward(ReLU6(), x)


def relu6_backward(dy: Any, x: Any) -> Array:
    """dX = dY where 0 < X < 6, else 0; errors as in :func:`relu_backward`."""
    return _backward(ReLU6(), dy, x)


def leaky_relu_forward(x: Any, slope: float = 0.01) -> Array:
    """Y = X where X > 0, else slope·X; errors as in :func:`relu_forward`."""
    return _forward(LeakyReLU(slope), x)


def leaky_relu_backward(dy: Any, x: Any, slope: float = 0.01) -> Array:
    """dX = dY where X > 0, else slope·dY; errors as in :func:`relu_backward`."""
    return _backward(LeakyReLU(slope), dy, x)


def elu_forward(x: Any, alpha: float = 1.0) -> Array:
    """Y = X where X > 0, else α(e^X − 1); errors as in :func:`relu_forward`."""
    return _forward(ELU(alpha), x)


def elu_backward(dy: Any, x: Any, alpha: float = 1.0) -> Array:
    """dX = dY where X > 0, else dY·α·e^X; errors as in :func:`relu_backward`."""
    return _backward(ELU(alpha), dy, x)


def sigmoid_forward(x: Any) -> Array:
    """Y = σ(X) = 1/(1 + e^−X); errors as in :func:`relu_forward`."""
    return _forward(Sigmoid(), x)


def sigmoid_backward(dy: Any, x: Any) -> Array:
    """dX = dY·σ(X)(1 − σ(X)); errors as in :func:`relu_backward`."""
    return _backward(Sigmoid(), dy, x)


def hard_sigmoid_forward(x: Any) -> Array:
    """Y = min(max(X + 3, 0), 6)/6; errors as in :func:`relu_forward`."""
    return _forward(HardSigmoid(), x)


def hard_sigmoid_backward(dy: Any, x: Any) -> Array:
    """dX = dY/6 where −3 < X < 3, else 0; errors as in :func:`relu_backward`."""
    return _backward(HardSigmoid(), dy, x)


def tanh_forward(x: Any) -> Array:
    """Y = tanh X; errors as in :func:`relu_forward`."""
    return _forward(Tanh(), x)


def tanh_backward(dy: Any, x: Any) -> Array:
    """dX = dY·(1 − tanh² X); errors as in :func:`relu_backward`."""
    return _backward(Tanh(), dy, x)


def gelu_forward(x: Any) -> Array:
    """Y = X·Φ(X), Φ the normal distribution; errors as in :func:`relu_forward`."""
    return _forward(GELU(), x)


def gelu_backward(dy: Any, x: Any) -> Array:
    """dX = dY·(Φ(X) + X·φ(X)); errors as in :func:`relu_backward`."""
    return _backward(GELU(), dy, x)


def silu_forward(x: Any) -> Array:
    """Y = X·σ(X); errors as in :func:`relu_forward`."""
    return _forward(SiLU(), x)


def silu_backward(dy: Any, x: Any) -> Array:
    """dX = dY·σ(X)(1 + X(1 − σ(X))); errors as in :func:`relu_backward`."""
    return _backward(SiLU(), dy, x)


def hard_swish_forward(x: Any) -> Array:
    """Y = X·min(max(X + 3, 0), 6)/6; errors as in :func:`relu_forward`."""
    return _forward(HardSwish(), x)


def hard_swish_backward(dy: Any, x: Any) -> Array:
    """dX = dY·(2X + 3)/6 where −3 < X < 3, else 0 or dY; errors as in :func:`relu_backward`."""
    return _backward(HardSwish(), dy, x)


def softplus_forward(x: Any) -> Array:
    """Y = ln(1 + e^X); errors as in :func:`relu_forward`."""
    return _forward(Softplus(), x)


def softplus_backward(dy: Any, x: Any) -> Array:
    """dX = dY·σ(X); errors as in :func:`relu_backward`."""
    return _backward(Softplus(), dy, x)


def prelu_forward(x: Any, a: Any) -> Array:
    """Y = X where X > 0, else a[c]·X, as :func:`backlit.pure.prelu_forward`.

    Args:
        x: maps (N, C, IH, IW) or rows (N, C), any real numbers.
        a: a slope for each channel, (C), or one for all, (1).

    Returns:
        Numbers in the shape of X, float32.

    Raises:
        InputError: arrays that are no numbers or do not fit.
    """
    layer, x, a = _prelu(x, a)
    return layer.forward(x, {"weight": a}).reshape(x.shape) if x.size else x.copy()


def prelu_backward(dy: Any, x: Any, a: Any) -> tuple[Array, Array]:
    """dX = dY where X > 0, else a[c]·dY;  da[c] = Σ dY·X over all X of the channel that are ≤ 0.

    Args:
        dy: the error dL/dY, in the shape of X.
        x: what the forward pass saw.
        a: the slopes.

    Returns:
        (dX, da), float32.

    Raises:
        InputError: as in the forward pass.
    """
    layer, x, a = _prelu(x, a)
    dy = float32("dy", dy)
    check_shape("dy", dy, x.shape)
    if not x.size:
        return x.copy(), np.zeros_like(a)
    dx, gradients = layer.backward(dy, x, {"weight": a})
    return dx.reshape(x.shape), gradients["weight"]


def _prelu(x: Any, a: Any) -> tuple[Single, Array, Array]:
    """A PReLU for these channels, and its operands; rows are maps of one pixel."""
    x, a = float32("x", x), float32("a", a, 1)
    if x.ndim not in (2, 4):
        raise InputError(f"x needs 4 dimensions, or 2 for rows, got shape {x.shape}")
    channels = x.shape[1]
    if len(a) not in (1, channels):
        raise InputError(f"a needs 1 or {channels} slopes, one for each channel, got {len(a)}")
    shape = (channels, 1, 1) if x.ndim == 2 else x.shape[1:]
    return single(shape, PReLU(shared=len(a) == 1)), x, a


def _forward(layer: Activation, x: Any) -> Array:
    x = float32("x", x)
    return _run(("forward", *layer.function), x)


def _backward(layer: Activation, dy: Any, x: Any) -> Array:
    dy, x = float32("dy", dy), float32("x", x)
    check_shape("dy", dy, x.shape)
    seen = _forward(layer, x) if layer.slope_from_output else x
    return _run(("backward", *layer.function), dy, seen)


def _run(what: tuple[str, str, float], *arrays: Array) -> Array:
    """A kernel over arrays of the same shape, filled up to whole units."""
    if not arrays[0].size:
        return np.zeros(arrays[0].shape, np.float32)
    units = -(-arrays[0].size // _UNIT)
    external = {}
    for place, array in enumerate(arrays):
        filled = np.zeros(units * _UNIT, np.float32)
        filled[: array.size] = array.reshape(-1)
        external[f"operand {place}"] = filled
    result = external[f"operand {len(arrays)}"] = np.empty(units * _UNIT, np.float32)
    Runner(_plan(*what, len(arrays), lanes()), team(), 64, units).run(units, external)
    return result[: arrays[0].size].reshape(arrays[0].shape)


@cache
def _plan(way: str, kind: str, option: float, operands: int, width: int) -> Plan:
    kernel = Kernel.of(f"activations:{way}", kind=kind, option=option, lanes=width)
    arrays = (
        Operand(PlanTensor(f"operand {place}", Place.EXTERNAL, 0), step=_UNIT)
        for place in range(operands + 1)
    )
    places = *arrays, *numbers(_UNIT)
    return Plan([[Phase(0, [KernelCall(kernel, places, kind)])]], frozenset())
