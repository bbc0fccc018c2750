"""Batch normalization: each channel gets mean 0 and variance 1, then a learned scale and shift.

Over the M = N·IH·IW numbers of a channel, with the root r = √(σ² + ε),

    μ = (1/M) Σ X      σ² = (1/M) Σ (X − μ)²      x̂ = (X − μ)/r      Y = γ·x̂ + β

    dβ = Σ dY          dγ = Σ dY·x̂               dX = γ/r · (dY − dβ/M − x̂·dγ/M)

dX has three parts, because a number reaches the loss in three ways.  Let X grow by a little.
*Directly*: its own x̂ grows 1/r times as much, which makes γ/r·dY.  *Through the mean*: μ grows 1/M
times as much, and all M numbers x̂ fall by 1/(M·r) of it; all their errors together are dβ, which
makes −γ/r·dβ/M.  *Through the variance*: σ² grows 2(X − μ)/M times as much, r therefore x̂/M times,
and each x̂' of the channel falls by x̂'/r of that; together they make −γ/r·x̂·dγ/M.  In evaluation
μ and σ² are constants (running averages from training), and only the direct way is left:
dX = γ/r·dY.

Shapes: X and Y (N, C, IH, IW) · γ, β, μ, σ² (C).
Source: S. Ioffe and C. Szegedy, "Batch normalization", 2015.
"""

import math

from .activations import Function
from .nested import Batch, Number, Vector, check_shape, zero_of, zeros


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
        sqrt: the square root to use; tests pass one that is exact for fractions.

    Returns:
        Maps, (N, C, IH, IW).

    Raises:
        ValueError: only one of mean and variance given, or other channels than X has.
    """
    if not len(x):
        return []
    X = x
    N, C, IH, IW = check_batch_norm2d(X, gamma, mean, variance)
    if mean is None or variance is None:  # both, as was just checked
        mean, variance = batch_norm2d_statistics(X)
    Y: Batch = zeros(N, C, IH, IW, zero=zero_of(X))
    for c in range(C):  # each channel
        root = sqrt(variance[c] + eps)
        for n in range(N):  # each image
            for h in range(IH):  # each row
                for w in range(IW):  # each column
                    x_hat = (X[n][c][h][w] - mean[c]) / root
                    Y[n][c][h][w] = gamma[c] * x_hat + beta[c]
    return Y


def batch_norm2d_backward(
    dy: Batch,
    x: Batch,
    gamma: Vector,
    mean: Vector | None = None,
    variance: Vector | None = None,
    eps: float = 1e-5,
    sqrt: Function = math.sqrt,
) -> tuple[Batch, Vector, Vector]:
    """dX = γ/r · (dY − dβ/M − x̂·dγ/M), or γ/r·dY where μ and σ² are given; r = √(σ² + ε).

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
    dgamma, dbeta = [zero_of(gamma)] * len(gamma), [zero_of(gamma)] * len(gamma)
    if not len(x):
        return [], dgamma, dbeta
    X, dY = x, dy
    N, C, IH, IW = check_batch_norm2d(X, gamma, mean, variance, dY)
    training = mean is None
    if mean is None or variance is None:  # both, as was just checked
        mean, variance = batch_norm2d_statistics(X)
    M = N * IH * IW
    dX: Batch = zeros(N, C, IH, IW, zero=zero_of(dY))
    for c in range(C):  # each channel
        root = sqrt(variance[c] + eps)
        for n in range(N):  # each image
            for h in range(IH):  # each row
                for w in range(IW):  # each column
                    x_hat = (X[n][c][h][w] - mean[c]) / root
                    dgamma[c] += dY[n][c][h][w] * x_hat
                    dbeta[c] += dY[n][c][h][w]
        # The ways through mean and variance exist only where this batch decided them.
        through_mean = dbeta[c] / M if training else 0
        through_variance = dgamma[c] / M if training else 0
        for n in range(N):
            for h in range(IH):
                for w in range(IW):
                    x_hat = (X[n][c][h][w] - mean[c]) / root
                    error = dY[n][c][h][w] - through_mean - x_hat * through_variance
                    dX[n][c][h][w] = gamma[c] / root * error
    return dX, dgamma, dbeta


def batch_norm2d_statistics(x: Batch) -> tuple[Vector, Vector]:
    """(μ, σ²) of each channel over the batch: means over M = N·IH·IW numbers (M, not M − 1)."""
    X = x
    N, C, IH, IW = check_shape("x", X, 4)
    M = N * IH * IW
    mean, variance = [zero_of(X)] * C, [zero_of(X)] * C
    for c in range(C):  # each channel
        for n in range(N):  # each image
            for h in range(IH):  # each row
                for w in range(IW):  # each column
                    mean[c] += X[n][c][h][w]
        mean[c] /= M
        for n in range(N):
            for h in range(IH):
                for w in range(IW):
                    deviation = X[n][c][h][w] - mean[c]
                    variance[c] += deviation * deviation
        variance[c] /= M
    return mean, variance


def running_average(old: Vector, new: Vector, momentum: Number = 0.1) -> Vector:
    """(1 − m)·old + m·new: how training remembers the statistics for evaluation."""
    pairs = zip(old, new, strict=True)
    return [(1 - momentum) * before + momentum * now for before, now in pairs]


def check_batch_norm2d(
    x: Batch,
    gamma: Vector,
    mean: Vector | None,
    variance: Vector | None,
    dy: Batch | None = None,
) -> tuple[int, ...]:
    """(N, C, IH, IW), once the arguments are known to fit each other.

    Raises:
        ValueError: they do not.
    """
    found = check_shape("x", x, 4)
    if len(gamma) != found[1]:
        raise ValueError(f"gamma has {len(gamma)} entries for {found[1]} channels")
    if (mean is None) != (variance is None):
        raise ValueError("mean and variance are given together or not at all")
    if dy is not None and check_shape("dy", dy, 4) != found:
        raise ValueError("dy must have the shape of x")
    return found
