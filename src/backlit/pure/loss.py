"""Softmax and cross-entropy: where the error begins.

    P[n,k] = e^{Z[n,k]} / Σ_m e^{Z[n,m]}            probabilities
    L      = −(1/N) Σ_n ln P[n, label(n)]           mean over the batch
    dZ[n,k] = (P[n,k] − [k = label(n)]) / N         probability minus truth

The 1/N of the mean is applied here, once, and nowhere else.

Shapes: Z and P (N, K) · labels N class numbers from 0 to K − 1 · L one number.
Source: J. Bridle, "Probabilistic interpretation of feedforward classification network outputs",
1990.
"""

import math

from .activations import Function
from .nested import Matrix, Number, Vector, check_shape, zero_of


def softmax(z: Matrix, exp: Function = math.exp) -> Matrix:
    """P[n,k] = e^{Z[n,k]} / Σ_m e^{Z[n,m]}; each row's largest Z goes first, against overflow."""
    return [_softmax_row(row, exp) for row in z]


def _softmax_row(row: Vector, exp: Function) -> Vector:
    largest = max(row)
    powers = [exp(number - largest) for number in row]
    total = sum(powers, zero_of(powers))
    return [power / total for power in powers]


def softmax_cross_entropy_forward(
    z: Matrix, labels: list[int], exp: Function = math.exp, log: Function = math.log
) -> Number:
    """L = (1/N) Σ_n (ln Σ_m e^{Z[n,m]} − Z[n, label(n)]).

    Args:
        z: scores ("logits") of the classes, (N, K).
        labels: the true class of each image, N numbers from 0 to K − 1.
        exp: the exponential function to use.
        log: the natural logarithm to use.

    Raises:
        ValueError: an empty batch, or a label that is no class.
    """
    _check(z, labels)
    total = 0
    for row, label in zip(z, labels, strict=True):
        largest = max(row)
        powers = [exp(number - largest) for number in row]
        total += log(sum(powers, zero_of(powers))) + largest - row[label]
    return total / len(z)


def softmax_cross_entropy_backward(
    z: Matrix, labels: list[int], exp: Function = math.exp
) -> Matrix:
    """dZ[n,k] = (P[n,k] − [k = label(n)]) / N.  Arguments and errors as in the forward pass."""
    _check(z, labels)
    dz = softmax(z, exp)
    for row, label in zip(dz, labels, strict=True):
        row[label] -= 1
    return [[error / len(z) for error in row] for row in dz]


def _check(z: Matrix, labels: list[int]) -> None:
    if not z:
        raise ValueError("an empty batch has no mean loss")
    count, classes = check_shape("z", z, 2)
    if len(labels) != count:
        raise ValueError(f"{count} rows of scores, but {len(labels)} labels")
    for n, label in enumerate(labels):
        if not 0 <= label < classes:
            raise ValueError(f"label {label} of image {n} is not one of 0 to {classes - 1}")
