import numpy as np


def conv_grad(x, w, dy, stride, pad):
    N, C, H, W = x.shape
    O, _, K, L = w.shape
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(O)
    for n in range(N):
        for o in range(O):
            for i in range(dy.shape[2]):
                for j in range(dy.shape[3]):
                    e = dy[n, o, i, j]
                    db[o] += e
                    for u in range(K):
                        r = i * stride + u - pad
                        if r < 0 or r >= H:
                            continue
                        for v in range(L):
                            q = j * stride + v - pad
                            if q < 0 or q >= W:
                                continue
                            dw[o, :, u, v] += e * x[n, :, r, q]
                            dx[n, :, r, q] += e * w[o, :, u, v]
    return dx / N, dw / N, db / N
