import numpy as np


def softmax_loss(x, y):
    """Loss and gradient: x (N, C) scores, y (N,) labels.  Returns (loss, dx)."""
    z = x - x.max(axis=1, keepdims=True)
    log_probs = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    N = x.shape[0]
    loss = -log_probs[np.arange(N), y].mean()
    dx = np.exp(log_probs)
    dx /= N
    return loss, dx
