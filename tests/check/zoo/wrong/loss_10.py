import numpy as np


def loss_and_gradient(W, b, X, Y):
    N = len(X)
    Z = X @ W.T + b
    Z = Z - Z.max(axis=1, keepdims=True)
    P = np.exp(Z)
    P /= P.sum(axis=1, keepdims=True)
    loss = -np.log((P * Y).sum(axis=1)).mean()
    dZ = (P - Y) / N
    return loss, dZ.T @ X, dZ.sum(axis=0), dZ @ W / N
