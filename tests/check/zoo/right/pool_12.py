import numpy as np


def pool_pair(size, step):
    """Forward and backward function of an average pool with a window of size (rows, columns)."""
    kh, kw = size
    sh, sw = step

    def forward(x):
        oh, ow = (x.shape[2] - kh) // sh + 1, (x.shape[3] - kw) // sw + 1
        out = np.empty((*x.shape[:2], oh, ow))
        for i, j in np.ndindex(oh, ow):
            out[..., i, j] = x[..., i * sh : i * sh + kh, j * sw : j * sw + kw].mean(axis=(-2, -1))
        return out

    def backward(x, dout):
        dx = np.zeros_like(x)
        for i, j in np.ndindex(*dout.shape[2:]):
            dx[..., i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[..., i, j, None, None] / (
                kh * kw
            )
        return dx

    return forward, backward
