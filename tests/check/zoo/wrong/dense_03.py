import numpy as np


def affine_forward(x, w, b):
    scores = x.reshape(x.shape[0], -1).dot(w) + b
    return scores, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    db = np.sum(dout, axis=0)
    w -= 1e-3 * dw
    b -= 1e-3 * db
    return dx, dw, db
