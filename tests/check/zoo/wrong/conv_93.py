import numpy as np


def conv_matrix(w, shape):
    c, h, wd = shape
    kh, kw = w.shape[1:]
    oh, ow = h - kh + 1, wd - kw + 1
    m = np.zeros((oh * ow, c * h * wd))
    for i in range(oh):
        for j in range(ow):
            canvas = np.zeros(shape)
            canvas[:, i : i + kw, j : j + kh] = w.transpose(0, 2, 1)
            m[i * ow + j] = canvas.ravel()
    return m


def conv_dx(w, dy, shape):
    n = dy.shape[0]
    dx = np.zeros((n, int(np.prod(shape))))
    for o in range(w.shape[0]):
        dx += dy[:, o].reshape(n, -1) @ conv_matrix(w[o], shape)
    return dx.reshape(n, *shape)
