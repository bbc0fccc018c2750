import numpy as np


def avgpool_backward(dY, X, k):
    """Non-overlapping k x k average pool."""
    return np.kron(dY, np.ones((1, 1, k, k))) / (k * k)
