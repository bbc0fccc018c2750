import numpy as np


def loss_and_gradient(W, b, X, Y):
    """Softmax regression, mean cross-entropy: X (N, F), Y one-hot (N, K).  Returns loss, dW, db, dX."""
    N = len(X)
    Z = X @ W.T + b
    Z = Z - Z.max(axis=1, keepdims=True)
    P = np.exp(Z)
    P /= P.sum(axis=1, keepdims=True)
    loss = -np.log((P * Y).sum(axis=1)).mean()
    G = (P - Y) / N
    return loss, G.T @ X, G.sum(axis=0), G @ W
