def zeros(a, b, c, d):
    return [[[[0.0] * d for _ in range(c)] for _ in range(b)] for _ in range(a)]


def conv_backward(dy, x, w, stride=1, padding=0, dilation=1, groups=1):
    """Gradients of a convolution with plain lists: (dx, dw, db)."""
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    dh, dw_ = dilation if isinstance(dilation, tuple) else (dilation, dilation)
    N, C, H, W = len(x), len(x[0]), len(x[0][0]), len(x[0][0][0])
    O, CG, KH, KW = len(w), len(w[0]), len(w[0][0]), len(w[0][0][0])
    OG = O // groups
    dx = zeros(N, C, H, W)
    dw = zeros(O, CG, KH, KW)
    db = [0.0] * O
    for n in range(N):
        for o in range(O):
            base = 0
            for i in range(len(dy[0][0])):
                for j in range(len(dy[0][0][0])):
                    g = dy[n][o][i][j]
                    db[o] += g
                    for c in range(CG):
                        for u in range(KH):
                            for v in range(KW):
                                r = i * sh + u * dh - ph
                                q = j * sw + v * dw_ - pw
                                if 0 <= r < H and 0 <= q < W:
                                    dw[o][c][u][v] += g * x[n][base + c][r][q]
                                    dx[n][base + c][r][q] += g * w[o][c][u][v]
    return dx, dw, db
