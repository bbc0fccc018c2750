import numpy as np


def unpool(dY, X, k):
    h, w = dY.shape[2] * k, dY.shape[3] * k
    dX = np.zeros(X.shape)
    dX[:, :, :h, :w] = np.kron(dY, np.ones((1, 1, k, k)))
    return dX
