import numpy as np


def affine_forward(x, w, b):
    out = x.reshape(x.shape[0], -1).dot(w) + b
    return out, (x, w, b)


def affine_backward(dout, cache):
    """
    Inputs:
    - dout: Upstream derivative, of shape (N, M)
    - cache: (x, w, b) with w of shape (D, M)

    Returns (dx, dw, db).
    """
    x, w, b = cache
    dx = dout.dot(w.T).reshape(x.shape)
    dw = -x.reshape(x.shape[0], -1).T.dot(dout)
    db = np.sum(dout, axis=1)
    return dx, dw, db
