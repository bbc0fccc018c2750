def conv_forward(x, w, b):
    rows, cols = len(x[0][0]) - len(w[0][0]) + 1, len(x[0][0][0]) - len(w[0][0][0]) + 1
    y = []
    for image in x:
        maps = []
        for filt, bias in zip(w, b):
            out = [[0.0] * cols for _ in range(rows)]
            for plane, kernel in zip(image, filt):
                for i in range(rows):
                    for j in range(cols):
                        total = bias
                        for u, line in enumerate(kernel):
                            for v, weight in enumerate(line):
                                total += weight * plane[i + u][j + v]
                        out[i][j] += total
            maps.append(out)
        y.append(maps)
    return y


def conv_backward(x, w, dy):
    dx = [[[[0.0] * len(r) for r in m] for m in im] for im in x]
    dw = [[[[0.0] * len(r) for r in m] for m in f] for f in w]
    db = [sum(sum(map(sum, im[o])) for im in dy) for o in range(len(w))]
    for n, im in enumerate(dy):
        for o, m in enumerate(im):
            for i, row in enumerate(m):
                for j, e in enumerate(row):
                    for c, kernel in enumerate(w[o]):
                        for u, line in enumerate(kernel):
                            for v, weight in enumerate(line):
                                dw[o][c][u][v] += e * x[n][c][i + u][j + v]
                                dx[n][c][i + u][j + v] += e * weight
    return dw, db, dx
