import numpy as np


def loss_and_gradient(W, b, X, Y):
    """Softmax regression, mean cross-entropy: X (N, F), Y one-hot (N, K).  Returns loss, dW, db, dX."""
    N = len(X)
    S = X @ W.T + b
    S = S - S.max(axis=1, keepdims=True)
    P = np.exp(S)
    P /= P.sum(axis=1, keepdims=True)
    loss = -np.log((P * Y).sum(axis=1)).mean()
    G = (S - Y) / N
    return loss, G.T @ X, G.sum(axis=0), G @ W
