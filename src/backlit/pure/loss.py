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
from .nested import Matrix, Number, check_shape


def softmax(z: Matrix, exp: Function = math.exp) -> Matrix:
    """P[n,k] = e^{Z[n,k]} / Σ_m e^{Z[n,m]}; each row's largest Z goes first, against overflow."""
    P: Matrix = []
    for row in z:
        largest = max(row)
        powers = [exp(number - largest) for number in row]
        total = sum(powers)
        P.append([power / total for power in powers])
    return P


def softmax_cross_entropy_forward(
    z: Matrix, labels: list[int], exp: Function = math.exp, log1p: Function = math.log1p
) -> Number:
    """L = (1/N) Σ_n (ln Σ_m e^{Z[n,m]} − Z[n, label(n)]).

    The largest score is taken out of the sum, which leaves ln(1 + what the others add).  Where that
    is little, log1p keeps the digits that 1 + … would lose.

    Args:
        z: scores ("logits") of the classes, (N, K).
        labels: the true class of each image, N numbers from 0 to K − 1.
        exp: the exponential function to use.
        log1p: ln(1 + x) to use.

    Raises:
        ValueError: an empty batch, or a label that is no class.
    """
    _check(z, labels)
    L = 0
    for row, label in zip(z, labels, strict=True):
        best = row.index(max(row))
        others = 0
        for k in range(len(row)):
            if k != best:
                others += exp(row[k] - row[best])
        L += log1p(others) + (row[best] - row[label])
    return L / len(z)


def softmax_cross_entropy_backward(
    z: Matrix, labels: list[int], exp: Function = math.exp
) -> Matrix:
    """dZ[n,k] = (P[n,k] − [k = label(n)]) / N.  Arguments and errors as in the forward pass.

    P − 1 of the true class is minus the sum of the other probabilities, and computed as that: a P
    close to 1 would leave nothing of the difference.
    """
    _check(z, labels)
    N, dZ = len(z), softmax(z, exp)
    for row, label in zip(dZ, labels, strict=True):
        others = 0
        for k in range(len(row)):
            if k != label:
                others += row[k]
                row[k] /= N
        row[label] = -others / N
    return dZ


def _check(z: Matrix, labels: list[int]) -> None:
    if not len(z):
        raise ValueError("an empty batch has no mean loss")
    count, classes = check_shape("z", z, 2)
    if len(labels) != count:
        raise ValueError(f"{count} rows of scores, but {len(labels)} labels")
    for n, label in enumerate(labels):
        if not 0 <= label < classes:
            raise ValueError(f"label {label} of image {n} is not one of 0 to {classes - 1}")
