"""Batch normalization: each channel shifted and scaled to mean 0 and variance 1, then freely again.

Over the M = N·IH·IW numbers of a channel,

    μ = (1/M) Σ X      σ² = (1/M) Σ (X − μ)²      x̂ = (X − μ)/√(σ² + ε)      Y = γ·x̂ + β

    dβ = Σ dY          dγ = Σ dY·x̂
    dX = γ/(M√(σ² + ε)) · (M·dY − dβ − x̂·dγ)

The last line has three parts because a number reaches the loss on three ways: directly, through
the mean, and through the variance.  In evaluation μ and σ² are constants (running averages from
training), and only the direct way is left: dX = γ/√(σ² + ε) · dY.

Shapes: X and Y (N, C, IH, IW) · γ, β, μ, σ² (C).
Source: S. Ioffe and C. Szegedy, "Batch normalization", 2015.
"""

import math

from .activations import Function
from .nested import Batch, Number, Vector, check_shape, zero_of


def batch_norm2d_forward(
    x: Batch,
    gamma: Vector,
    beta: Vector,
    mean: Vector | None = None,
    variance: Vector | None = None,
    eps: float = 1e-5,
    sqrt: Function = math.sqrt,
) -> Batch:
    """Y[n,c,h,w] = γ[c]·x̂[n,c,h,w] + β[c].

    Args:
        x: maps, (N, C, IH, IW).
        gamma: one scale for each channel, (C).
        beta: one shift for each channel, (C).
        mean: μ of each channel, (C); None means that of this batch, as in training.
        variance: σ² of each channel, (C); None like ``mean``.
        eps: keeps the root away from 0.
        sqrt: the square root to use.

    Returns:
        Maps, (N, C, IH, IW).

    Raises:
        ValueError: only one of mean and variance given, or other channels than X has.
    """
    if not x:
        return []
    mean, variance = _statistics(x, gamma, mean, variance)
    scales = [g / sqrt(v + eps) for g, v in zip(gamma, variance, strict=True)]
    channels = list(zip(scales, mean, beta, strict=True))
    return [
        [
            [[scale * (number - mu) + shift for number in row] for row in x_map]
            for x_map, (scale, mu, shift) in zip(image, channels, strict=True)
        ]
        for image in x
    ]


def batch_norm2d_backward(
    dy: Batch,
    x: Batch,
    gamma: Vector,
    mean: Vector | None = None,
    variance: Vector | None = None,
    eps: float = 1e-5,
    sqrt: Function = math.sqrt,
) -> tuple[Batch, Vector, Vector]:
    """dX = γ/(M√(σ² + ε)) · (M·dY − dβ − x̂·dγ), or γ/√(σ² + ε)·dY where μ and σ² are given.

    Args:
        dy: the error dL/dY, (N, C, IH, IW).
        x: the input that the forward pass saw, (N, C, IH, IW).
        gamma: the scales, (C).
        mean: as in the forward pass, like the other arguments.
        variance: see ``mean``.
        eps: see ``mean``.
        sqrt: see ``mean``.

    Returns:
        (dX, dγ, dβ) in the shapes of X, γ and β.

    Raises:
        ValueError: only one of mean and variance given, or shapes that do not fit.
    """
    zero = zero_of(gamma)
    if not x:
        return [], [zero] * len(gamma), [zero] * len(gamma)
    if check_shape("dy", dy, 4) != check_shape("x", x, 4):
        raise ValueError("dy must have the shape of x")
    training = mean is None
    mean, variance = _statistics(x, gamma, mean, variance)
    dx: Batch = [[] for _ in x]
    dgamma, dbeta = [], []
    for c, (scale, mu, sigma2) in enumerate(zip(gamma, mean, variance, strict=True)):
        root = sqrt(sigma2 + eps)
        x_hat = [[[(number - mu) / root for number in row] for row in image[c]] for image in x]
        errors = [image[c] for image in dy]
        d_scale, d_shift, count = zero, zero, 0
        for error_map, hat_map in zip(errors, x_hat, strict=True):
            for error_row, hat_row in zip(error_map, hat_map, strict=True):
                for error, hat in zip(error_row, hat_row, strict=True):
                    d_scale += error * hat
                    d_shift += error
                    count += 1
        # The ways through mean and variance exist only where this batch decided them.
        through_mean = d_shift / count if training else zero
        through_variance = d_scale / count if training else zero
        for image, error_map, hat_map in zip(dx, errors, x_hat, strict=True):
            image.append(
                [
                    [
                        scale / root * (error - through_mean - hat * through_variance)
                        for error, hat in zip(error_row, hat_row, strict=True)
                    ]
                    for error_row, hat_row in zip(error_map, hat_map, strict=True)
                ]
            )
        dgamma.append(d_scale)
        dbeta.append(d_shift)
    return dx, dgamma, dbeta


def batch_norm2d_statistics(x: Batch) -> tuple[Vector, Vector]:
    """(μ, σ²) of each channel over the batch, σ² divided by M = N·IH·IW."""
    mean, variance = [], []
    for c in range(len(x[0])):
        numbers = [number for image in x for row in image[c] for number in row]
        mu = sum(numbers, zero_of(numbers)) / len(numbers)
        squares = [(number - mu) * (number - mu) for number in numbers]
        mean.append(mu)
        variance.append(sum(squares, zero_of(squares)) / len(numbers))
    return mean, variance


def running_average(old: Vector, new: Vector, momentum: Number = 0.1) -> Vector:
    """(1 − m)·old + m·new: how training remembers the statistics for evaluation."""
    return [(1 - momentum) * o + momentum * n for o, n in zip(old, new, strict=True)]


def _statistics(
    x: Batch, gamma: Vector, mean: Vector | None, variance: Vector | None
) -> tuple[Vector, Vector]:
    _, channels, _, _ = check_shape("x", x, 4)
    if len(gamma) != channels:
        raise ValueError(f"gamma has {len(gamma)} entries for {channels} channels")
    if (mean is None) != (variance is None):
        raise ValueError("mean and variance are given together or not at all")
    if mean is None or variance is None:
        return batch_norm2d_statistics(x)
    return mean, variance
