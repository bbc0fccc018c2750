import numpy as np


def loss_and_gradient(W, b, X, Y):
    """Softmax regression, mean cross-entropy: X (N, F), Y one-hot (N, K).  Returns loss, dW, db, dX."""
    N = len(X)
    Z = X @ W.T + b
    Z = Z - Z.max(axis=1, keepdims=True)
    probs = np.exp(Z)
    probs /= probs.sum(axis=1, keepdims=True)
    loss = -np.log((probs * Y).sum(axis=1)).mean()
    G = probs / N
    return loss, G.T @ X, G.sum(axis=0), G @ W
