def two(v):
    return v if isinstance(v, tuple) else (v, v)


def conv_grads(dout, x, w, stride=1, padding=0, dilation=1, groups=1):
    (sy, sx), (py, px), (dy, dx_) = two(stride), two(padding), two(dilation)
    height, width = len(x[0][0]), len(x[0][0][0])
    per = len(w) // groups
    dx = [[[[0.0] * width for _ in range(height)] for _ in im] for im in x]
    dw = [[[[0.0] * len(w[0][0][0]) for _ in w[0][0]] for _ in w[0]] for _ in w]
    db = [0.0 for _ in w]
    for n in range(len(x)):
        for o in range(len(w)):
            for c in range(len(w[0])):
                channel = o // per * len(w[0]) + c
                for i in range(len(dout[0][0])):
                    for j in range(len(dout[0][0][0])):
                        e = dout[n][o][i][j]
                        db[o] += e
                        for u in range(len(w[0][0])):
                            for v in range(len(w[0][0][0])):
                                a, b = i * sy + u * dy - py, j * sx + v * dx_ - px
                                if a < 0 or b < 0 or a >= height or b >= width:
                                    continue
                                dw[o][c][u][v] += e * x[n][channel][a][b]
                                dx[n][channel][a][b] += e * w[o][c][u][v]
    return dx, dw, db
