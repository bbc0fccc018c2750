"""The fully connected layer on float32 arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from backlit.layers import Dense, Flatten

from .arrays import Array, check_shape, float32
from .single import Single, single

__all__ = [
    "dense_backward",
    "dense_forward",
]


def dense_forward(x: Any, w: Any, b: Any = None) -> Array:
    """Y[n,o] = B[o] + Σ_k W[o,k] · X[n,k], as :func:`backlit.pure.dense_forward`.

    Args:
        x: rows, (N, K), any real numbers.
        w: weights, (O, K).
        b: biases, (O), or None.

    Returns:
        Rows, (N, O), float32.

    Raises:
        InputError: arrays that are no numbers or do not fit.
    """
    layer, x, w = _checked(x, w, b is not None)
    if not len(x):
        return np.zeros((0, len(w)), np.float32)
    parameters = {"weight": w}
    if b is not None:
        parameters["bias"] = float32("b", b)
        check_shape("b", parameters["bias"], (len(w),))
    return layer.forward(x, parameters)


def dense_backward(dy: Any, x: Any, w: Any) -> tuple[Array, Array, Array]:
    """dX = dY·W,  dW = dYᵀ·X,  dB[o] = Σ_n dY[n,o].

    Args:
        dy: the error dL/dY, (N, O).
        x: what the forward pass saw.
        w: see ``x``.

    Returns:
        (dX, dW, dB), float32.

    Raises:
        InputError: arrays that are no numbers or do not fit.
    """
    layer, x, w = _checked(x, w, True)
    dy = float32("dy", dy, 2)
    check_shape("dy", dy, (len(x), len(w)))
    if not len(x):
        return np.zeros_like(x), np.zeros_like(w), np.zeros(len(w), np.float32)
    dx, gradients = layer.backward(dy, x, {"weight": w})
    return dx.reshape(x.shape), gradients["weight"], gradients["bias"]


def _checked(x: Any, w: Any, bias: bool) -> tuple[Single, Array, Array]:
    x, w = float32("x", x, 2), float32("w", w, 2)
    check_shape("w", w, (len(w), x.shape[1]))
    return single((x.shape[1], 1, 1), Flatten(), Dense(len(w), bias=bias)), x, w
