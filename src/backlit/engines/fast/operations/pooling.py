"""Pools of float32 arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from backlit.layers import AvgPool2d, GlobalAvgPool2d, Layer, MaxPool2d

from .arrays import Array, check_shape, float32
from .single import single

__all__ = [
    "avg_pool2d_backward",
    "avg_pool2d_forward",
    "global_avg_pool2d_backward",
    "global_avg_pool2d_forward",
    "max_pool2d_backward",
    "max_pool2d_forward",
]


def max_pool2d_forward(x: Any, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Array:
    """Y[n,c,i,j] = max_{u,v} X[n,c,a,e], as :func:`backlit.pure.max_pool2d_forward`.

    Args:
        x: maps, (N, C, IH, IW), any real numbers.
        kernel_size: of the window, an int or (rows, columns).
        stride: step of the window; None means the kernel size.
        padding: an int, (rows, columns), ((top, bottom), (left, right)), "same" or "valid".

    Returns:
        Maps, (N, C, OH, OW), float32.

    Raises:
        InputError: an array that is no numbers or has other dimensions.
        ConfigurationError, ShapeError: a window that does not fit.
    """
    return _forward(x, MaxPool2d(kernel_size, stride, padding))


def max_pool2d_backward(
    dy: Any, x: Any, kernel_size: Any, stride: Any = None, padding: Any = 0
) -> Array:
    """dX: each error goes to the largest number of its window, the first in row order if equal.

    Args:
        dy: the error dL/dY, (N, C, OH, OW).
        x: what the forward pass saw, like the options.
        kernel_size: see :func:`max_pool2d_forward`.
        stride: see ``kernel_size``.
        padding: see ``kernel_size``.

    Returns:
        dX in the shape of X, float32.

    Raises:
        InputError: arrays that are no numbers or do not fit.
        ConfigurationError, ShapeError: a window that does not fit.
    """
    return _backward(dy, x, MaxPool2d(kernel_size, stride, padding))


def avg_pool2d_forward(
    x: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    count_include_pad: bool = True,
) -> Array:
    """Y[n,c,i,j] = (1/m) Σ_{u,v} X[n,c,a,e], as :func:`backlit.pure.avg_pool2d_forward`.

    Args:
        x: maps, (N, C, IH, IW), any real numbers.
        kernel_size: as for :func:`max_pool2d_forward`.
        stride: see ``kernel_size``.
        padding: see ``kernel_size``.
        count_include_pad: whether padded zeros count as inputs in m.

    Returns:
        Maps, (N, C, OH, OW), float32.

    Raises:
        InputError: an array that is no numbers or has other dimensions.
        ConfigurationError, ShapeError: a window that does not fit.
    """
    return _forward(x, AvgPool2d(kernel_size, stride, padding, count_include_pad))


def avg_pool2d_backward(
    dy: Any,
    x: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    count_include_pad: bool = True,
) -> Array:
    """dX: every number of a window gets dY/m.

    Arguments, result and errors as in :func:`max_pool2d_backward` and :func:`avg_pool2d_forward`.
    """
    return _backward(dy, x, AvgPool2d(kernel_size, stride, padding, count_include_pad))


def global_avg_pool2d_forward(x: Any) -> Array:
    """Y[n,c] = 1/(IH·IW) Σ_{h,w} X[n,c,h,w]: one number for each whole map, (N, C).

    Raises:
        InputError: an array that is no numbers or has other dimensions.
    """
    return _forward(x, GlobalAvgPool2d())


def global_avg_pool2d_backward(dy: Any, x: Any) -> Array:
    """dX[n,c,h,w] = dY[n,c]/(IH·IW).

    Raises:
        InputError: arrays that are no numbers or do not fit.
    """
    return _backward(dy, x, GlobalAvgPool2d())


def _forward(x: Any, layer: Layer) -> Array:
    x = float32("x", x, 4)
    pool = single(x.shape[1:], layer)
    if not len(x):
        return np.zeros((0, *pool.output_shape), np.float32)
    return pool.forward(x, {})


def _backward(dy: Any, x: Any, layer: Layer) -> Array:
    x = float32("x", x, 4)
    pool = single(x.shape[1:], layer)
    dy = float32("dy", dy)
    check_shape("dy", dy, (len(x), *pool.output_shape))
    return pool.backward(dy, x, {})[0] if len(x) else np.zeros_like(x)
