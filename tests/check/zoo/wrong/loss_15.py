import numpy as np


def softmax_loss(x, y):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    p = e / e.sum()
    n = np.arange(len(y))
    loss = -np.log(p[n, y] + 1e-300).mean()
    p[n, y] -= 1
    return loss, p / len(y)
