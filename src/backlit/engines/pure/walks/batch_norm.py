"""The batch normalization of :mod:`backlit.pure.batch_norm`, row by row instead of by indices."""

import math
from operator import mul

from backlit.pure.activations import Function
from backlit.pure.batch_norm import check_batch_norm2d
from backlit.pure.nested import Batch, Vector, zero_of


def batch_norm2d_forward(
    x: Batch,
    gamma: Vector,
    beta: Vector,
    mean: Vector | None = None,
    variance: Vector | None = None,
    eps: float = 1e-5,
    sqrt: Function = math.sqrt,
) -> Batch:
    """Y[n,c,h,w] = γ[c]·x̂[n,c,h,w] + β[c]."""
    if not x:
        return []
    check_batch_norm2d(x, gamma, mean, variance)
    if mean is None or variance is None:
        mean, variance = batch_norm2d_statistics(x)
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
    """dX = γ/r · (dY − dβ/M − x̂·dγ/M), or γ/r·dY where μ and σ² are given; r = √(σ² + ε)."""
    zero = zero_of(gamma)
    if not x:
        return [], [zero] * len(gamma), [zero] * len(gamma)
    check_batch_norm2d(x, gamma, mean, variance, dy)
    training = mean is None
    if mean is None or variance is None:
        mean, variance = batch_norm2d_statistics(x)
    dx: Batch = [[] for _ in x]
    dgamma, dbeta = [], []
    for c, (scale, mu, sigma2) in enumerate(zip(gamma, mean, variance, strict=True)):
        root = sqrt(sigma2 + eps)
        hats = [(number - mu) / root for image in x for row in image[c] for number in row]
        errors = [error for image in dy for row in image[c] for error in row]
        d_scale, d_shift = sum(map(mul, errors, hats), zero), sum(errors, zero)
        through_mean = d_shift / len(errors) if training else zero
        through_variance = d_scale / len(errors) if training else zero
        slope = scale / root
        changes = (
            slope * (error - through_mean - hat * through_variance)
            for error, hat in zip(errors, hats, strict=True)
        )
        for dx_image, image in zip(dx, x, strict=True):
            dx_image.append([[next(changes) for _ in row] for row in image[c]])
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
