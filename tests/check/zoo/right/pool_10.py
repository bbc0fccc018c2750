import numpy as np


def avg_pool_backward(dout, x, k, s, p):
    """Average over the pixels that are really there."""
    n, c, h, w = x.shape
    dx = np.zeros(x.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            r0, r1 = max(i * s - p, 0), min(i * s - p + k, h)
            c0, c1 = max(j * s - p, 0), min(j * s - p + k, w)
            dx[:, :, r0:r1, c0:c1] += dout[:, :, i : i + 1, j : j + 1] / ((r1 - r0) * (c1 - c0))
    return dx
