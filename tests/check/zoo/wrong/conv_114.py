import numpy as np


def conv_bwd(x, w, dy, stride, pad):
    N, C, H, W = x.shape
    O, _, K, L = w.shape
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(O)
    for n in range(N):
        for o in range(O):
            for i in range(dy.shape[2]):
                for j in range(dy.shape[3]):
                    e = dy[n, o, i, j]
                    db[o] -= e
                    for u in range(K):
                        row = i * stride + u - pad
                        if row < 0 or row >= H:
                            continue
                        for v in range(L):
                            col = j * stride + v - pad
                            if col < 0 or col >= W:
                                continue
                            dw[o, :, u, v] += e * x[n, :, row, col]
                            dx[n, :, row, col] += e * w[o, :, u, v]
    return dx, dw, db
