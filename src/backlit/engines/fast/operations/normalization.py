"""Batch norm of float32 arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from backlit.errors import InputError
from backlit.layers import BatchNorm2d

from .arrays import Array, check_shape, float32
from .single import Single, single

__all__ = [
    "batch_norm2d_backward",
    "batch_norm2d_forward",
]


def batch_norm2d_forward(
    x: Any, gamma: Any, beta: Any, mean: Any = None, variance: Any = None, eps: float = 1e-5
) -> Array:
    """Y = γ·(X − μ)/√(σ² + ε) + β for each channel; as :func:`backlit.pure.batch_norm2d_forward`.

    Args:
        x: maps, (N, C, IH, IW), any real numbers.
        gamma: the scales, (C).
        beta: the shifts, (C).
        mean: μ of each channel, (C); None for those of this batch.
        variance: σ² of each channel, (C); None for those of this batch.
        eps: ε.

    Returns:
        Maps in the shape of X, float32.

    Raises:
        InputError: only one of mean and variance given, or arrays that are no numbers or do not
            fit.
    """
    layer, x, parameters = _checked(x, gamma, mean, variance, eps)
    parameters["bias"] = float32("beta", beta)
    check_shape("beta", parameters["bias"], (x.shape[1],))
    return layer.forward(x, parameters) if len(x) else x.copy()


def batch_norm2d_backward(
    dy: Any, x: Any, gamma: Any, mean: Any = None, variance: Any = None, eps: float = 1e-5
) -> tuple[Array, Array, Array]:
    """dX = γ/r · (dY − dβ/M − x̂·dγ/M), or γ/r·dY where μ and σ² are given; r = √(σ² + ε).

    Args:
        dy: the error dL/dY, (N, C, IH, IW).
        x: what the forward pass saw, like the other arguments.
        gamma: see :func:`batch_norm2d_forward`.
        mean: see ``gamma``.
        variance: see ``gamma``.
        eps: see ``gamma``.

    Returns:
        (dX, dγ, dβ), float32.

    Raises:
        InputError: as in the forward pass.
    """
    layer, x, parameters = _checked(x, gamma, mean, variance, eps)
    dy = float32("dy", dy)
    check_shape("dy", dy, x.shape)
    parameters["bias"] = np.zeros_like(parameters["weight"])
    if not len(x):
        return x.copy(), *(np.zeros_like(parameters["weight"]) for _ in range(2))
    dx, gradients = layer.backward(dy, x, parameters)
    return dx, gradients["weight"], gradients["bias"]


def _checked(
    x: Any, gamma: Any, mean: Any, variance: Any, eps: float
) -> tuple[Single, Array, dict[str, Array]]:
    if (mean is None) != (variance is None):
        raise InputError("give both mean and variance, or neither")
    x, training = float32("x", x, 4), mean is None
    channels = x.shape[1]
    given = {
        "weight": ("gamma", gamma),
        "running_mean": ("mean", np.zeros(channels) if training else mean),
        "running_variance": ("variance", np.ones(channels) if training else variance),
    }
    parameters = {}
    for name, (title, values) in given.items():
        # A copy: in training the kernels move the running statistics on.
        parameters[name] = float32(title, values).copy()
        check_shape(title, parameters[name], (channels,))
    return single(x.shape[1:], BatchNorm2d(eps=eps), training=training), x, parameters
