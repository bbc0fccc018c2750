"""What is made of a network's scores: shares of certainty, and how wrong they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .engine import Array


def softmax(scores: Array) -> Array:
    """P = e^Z / Σ e^Z for each image, (N, classes)."""
    powers: Array = np.exp(scores - scores.max(1, keepdims=True))
    shares: Array = powers / powers.sum(1, keepdims=True)
    return shares


def cross_entropy(scores: Array, labels: NDArray[np.int64]) -> Array:
    """The loss of each image, (N,): ln Σ e^Z − Z[label]."""
    largest = scores.max(1)
    total = np.log(np.exp(scores - largest[:, None]).sum(1)) + largest
    losses: Array = total - scores[np.arange(len(scores)), labels]
    return losses
