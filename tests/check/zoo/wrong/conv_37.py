# a convolution layer without numpy, stride 1, no padding


def conv_forward(X, W, b):
    Y = []
    for img in X:
        maps = []
        for o in range(len(W)):
            rows = []
            for i in range(len(img[0]) - len(W[0][0]) + 1):
                row = []
                for j in range(len(img[0][0]) - len(W[0][0][0]) + 1):
                    total = b[o]
                    for c in range(len(img)):
                        for u in range(len(W[0][0])):
                            for v in range(len(W[0][0][0])):
                                total += img[c][i + u][j + v] * W[o][c][u][v]
                    row.append(total)
                rows.append(row)
            maps.append(rows)
        Y.append(maps)
    return Y


def gradients(X, W, dY):
    # dL/dW, same shape as W
    dW = [[[[0 for v in u] for u in c] for c in o] for o in W]
    dX = [[[[0 for v in u] for u in c] for c in n] for n in X]
    db = [0 for o in W]
    for n in range(len(X)):
        for o in range(len(W)):
            for i in range(len(dY[n][o])):
                for j in range(len(dY[n][o][i])):
                    db[o] += dY[n][o][i][j]
                    for c in range(len(X[n])):
                        for u in range(len(W[o][c])):
                            for v in range(len(W[o][c][u])):
                                dW[o][c][u][v] += dY[n][o][i][j] * W[o][c][u][v]
                                dX[n][c][i + u][j + v] += dY[n][o][i][j] * W[o][c][u][v]
    return dW, db, dX


if __name__ == "__main__":
    X = [[[[0, 1, 2], [3, 4, 5], [6, 7, 8]]]]
    W = [[[[1, 2], [3, 4]]]]
    print(conv_forward(X, W, [0]))
    print(gradients(X, W, [[[[1, 0], [0, 0]]]]))
