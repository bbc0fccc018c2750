import numpy as np


def fc_backward(dZ, cache):
    """dZ (n, m), A_prev (n_prev, m): one example in each column."""
    A_prev, W, b = cache
    dW = np.dot(dZ, A_prev.T)
    db = np.sum(dZ, axis=1, keepdims=True)
    dA_prev = -np.dot(W.T, dZ)
    return dA_prev, dW, db
