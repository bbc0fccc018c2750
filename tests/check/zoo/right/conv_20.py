import numpy as np


def conv_matrix(w, shape):
    """The convolution with one filter (C, kH, kW) as a matrix on flattened images, valid, stride 1."""
    c, h, wd = shape
    kh, kw = w.shape[1:]
    oh, ow = h - kh + 1, wd - kw + 1
    m = np.zeros((oh * ow, c * h * wd))
    for i in range(oh):
        for j in range(ow):
            block = np.zeros(shape)
            block[:, i : i + kh, j : j + kw] = w
            m[i * ow + j] = block.ravel()
    return m


def conv_dx(w, dy, shape):
    """dL/dx as the transposed matrix times the error."""
    n = dy.shape[0]
    dx = np.zeros((n, int(np.prod(shape))))
    for o in range(w.shape[0]):
        dx += dy[:, o].reshape(n, -1) @ conv_matrix(w[o], shape)
    return dx.reshape(n, *shape)
