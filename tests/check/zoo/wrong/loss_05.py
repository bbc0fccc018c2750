import numpy as np


def softmax_loss(x, y):
    """Loss and gradient: x (N, C) scores, y (N,) labels.  Returns (loss, dx)."""
    e = np.exp(x)
    log_probs = np.log(e / e.sum(axis=1, keepdims=True))
    N = x.shape[0]
    loss = -log_probs[np.arange(N), y].mean()
    dx = np.exp(log_probs)
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx
