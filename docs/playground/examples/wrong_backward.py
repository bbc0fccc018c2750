# title: A backward pass with a mistake: press Check
"""Somebody's convolution.  Its loss falls, so it seems to learn; and yet one gradient is wrong.

Press Check to be told which one, and why.  Mend it, and check again.
"""


def zeros(a, b, c, d):
    return [[[[0] * d for _ in range(c)] for _ in range(b)] for _ in range(a)]


def conv2d_backward(dy, x, w, stride=1):
    N, C, IH, IW = len(x), len(x[0]), len(x[0][0]), len(x[0][0][0])
    O, kH, kW = len(w), len(w[0][0]), len(w[0][0][0])
    OH, OW = len(dy[0][0]), len(dy[0][0][0])
    dx, dw, db = zeros(N, C, IH, IW), zeros(O, C, kH, kW), [0] * O
    for n in range(N):
        for o in range(O):
            for i in range(OH):
                for j in range(OW):
                    error = dy[n][o][i][j]
                    db[o] += error
                    for c in range(C):
                        for u in range(kH):
                            for v in range(kW):
                                a, e = i * stride + u, j * stride + v
                                dw[o][c][u][v] += error * x[n][c][a][e]
                                dx[n][c][a][e] = error * w[o][c][u][v]
    return dx, dw, db
