"""Convolution of float32 arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from backlit.errors import InputError
from backlit.layers import Conv2d

from .arrays import Array, check_shape, float32
from .single import Single, single

__all__ = [
    "conv2d_backward",
    "conv2d_forward",
]


def conv2d_forward(
    x: Any,
    w: Any,
    b: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Array:
    """Y[n,o,i,j] = B[o] + Σ_{c,u,v} W[o,c,u,v] · X[n,c,a,e], a = i·sH + u·dH − pT.

    The same as :func:`backlit.pure.conv2d_forward`; each sum of K products lies within
    4·√K·2⁻²⁴ of it, relative to the sum of the products' absolute values.

    Args:
        x: images or maps, (N, C, IH, IW), any real numbers.
        w: filters, (O, C/groups, KH, KW).
        b: one bias for each filter, (O), or None.
        stride: step of the window, an int or (rows, columns).
        padding: an int, (rows, columns), ((top, bottom), (left, right)), "same" or "valid".
        dilation: distance between two weights on the image, an int or (rows, columns).
        groups: how many groups of channels are convolved apart from each other.

    Returns:
        Maps, (N, O, OH, OW), float32.

    Raises:
        InputError: arrays that are no numbers or do not fit.
        ConfigurationError, ShapeError: options that do not fit.
    """
    layer, x, w = _checked(x, w, (stride, padding, dilation, groups), b is not None)
    if not len(x):
        return np.zeros((0, *layer.output_shape), np.float32)
    parameters = {"weight": w}
    if b is not None:
        parameters["bias"] = float32("b", b)
        check_shape("b", parameters["bias"], (len(w),))
    return layer.forward(x, parameters)


def conv2d_backward(
    dy: Any,
    x: Any,
    w: Any,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> tuple[Array, Array, Array]:
    """The three gradients, from the error of the output.

        dX[n,c,a,e] = Σ_{o,u,v} W[o,c,u,v] · dY[n,o,i,j]  over all i, j, u, v that meet in a, e
        dW[o,c,u,v] = Σ_{n,i,j} dY[n,o,i,j] · X[n,c,a,e]
        dB[o]       = Σ_{n,i,j} dY[n,o,i,j]

    Args:
        dy: the error dL/dY, (N, O, OH, OW).
        x: what the forward pass saw.
        w: see ``x``, like the options.
        stride: see :func:`conv2d_forward`.
        padding: see ``stride``.
        dilation: see ``stride``.
        groups: see ``stride``.

    Returns:
        (dX, dW, dB) in the shapes of X, W and B, float32.

    Raises:
        InputError: arrays that are no numbers or do not fit.
        ConfigurationError, ShapeError: options that do not fit.
    """
    layer, x, w = _checked(x, w, (stride, padding, dilation, groups), True)
    dy = float32("dy", dy, 4)
    check_shape("dy", dy, (len(x), *layer.output_shape))
    if not len(x):
        return np.zeros_like(x), np.zeros_like(w), np.zeros(len(w), np.float32)
    dx, gradients = layer.backward(dy, x, {"weight": w})
    return dx, gradients["weight"], gradients["bias"]


def _checked(x: Any, w: Any, options: tuple[Any, ...], bias: bool) -> tuple[Single, Array, Array]:
    x, w = float32("x", x, 4), float32("w", w, 4)
    stride, padding, dilation, groups = options
    layer = Conv2d(
        len(w), w.shape[2:], stride, padding, dilation=dilation, groups=groups, bias=bias
    )
    found = single(x.shape[1:], layer)
    if x.shape[1] != w.shape[1] * groups:
        raise InputError(
            f"w has {w.shape[1]} channels and there are {groups} groups, so x must have "
            f"{w.shape[1] * groups} channels, got {x.shape[1]}"
        )
    return found, x, w
