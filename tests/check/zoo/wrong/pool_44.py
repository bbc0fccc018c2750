import numpy as np


def max_pool_forward_naive(x, pool_param):
    N, C, H, W = x.shape
    ph, pw, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    out = np.zeros((N, C, (H - ph) // s + 1, (W - pw) // s + 1))
    for n in range(N):
        for c in range(C):
            for i in range(out.shape[2]):
                for j in range(out.shape[3]):
                    biggest = 0
                    for u in range(ph):
                        for v in range(pw):
                            if x[n, c, i * s + u, j * s + v] > biggest:
                                biggest = x[n, c, i * s + u, j * s + v]
                    out[n, c, i, j] = biggest
    return out, (x, pool_param)


def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    ph, pw, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    dx = np.zeros_like(x)
    for n in range(dout.shape[0]):
        for c in range(dout.shape[1]):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    window = x[n, c, i * s : i * s + ph, j * s : j * s + pw]
                    u, v = np.unravel_index(window.argmax(), window.shape)
                    dx[n, c, i * s + u, j * s + v] += dout[n, c, i, j]
    return dx
