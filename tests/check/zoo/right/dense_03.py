import numpy as np


def linear_backward(dZ, cache):
    """dZ (n, m), A_prev (n_prev, m): one example in each column."""
    A_prev, W, b = cache
    dW = np.dot(dZ, A_prev.T)
    db = np.sum(dZ, axis=1, keepdims=True)
    dA_prev = np.dot(W.T, dZ)
    return dA_prev, dW, db


if __name__ == "__main__":
    A = np.arange(6.0).reshape(3, 2)
    print(linear_backward(np.ones((2, 2)), (A, np.ones((2, 3)), np.zeros((2, 1)))))
