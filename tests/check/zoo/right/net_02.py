import math


def train_gradients(x, labels, w1, b1, w2, b2):
    """Gradients of the mean loss of a small network (conv 3x3, relu, pool 2, dense), plain lists."""
    N, C, O, K = len(x), len(x[0]), len(w1), len(w2)
    H, W = len(x[0][0]) - 2, len(x[0][0][0]) - 2
    PH, PW = H // 2, W // 2
    gw1 = [[[[0.0] * 3 for _ in range(3)] for _ in range(C)] for _ in range(O)]
    gb1 = [0.0] * O
    gw2 = [[0.0] * len(w2[0]) for _ in range(K)]
    gb2 = [0.0] * K
    loss = 0.0
    for img, label in zip(x, labels):
        z = [
            [
                [
                    b1[o]
                    + sum(
                        w1[o][c][u][v] * img[c][i + u][j + v]
                        for c in range(C)
                        for u in range(3)
                        for v in range(3)
                    )
                    for j in range(W)
                ]
                for i in range(H)
            ]
            for o in range(O)
        ]
        flat, where = [], []
        for o in range(O):
            for i in range(PH):
                for j in range(PW):
                    places = [(2 * i + u, 2 * j + v) for u in range(2) for v in range(2)]
                    r, q = max(places, key=lambda place: max(z[o][place[0]][place[1]], 0))
                    flat.append(max(z[o][r][q], 0))
                    where.append((o, r, q))
        scores = [b2[k] + sum(a * b for a, b in zip(w2[k], flat)) for k in range(K)]
        top = max(scores)
        powers = [math.exp(s - top) for s in scores]
        loss += math.log(sum(powers)) + top - scores[label]
        d = [(powers[k] / sum(powers) - (k == label)) / N for k in range(K)]
        for k in range(K):
            gb2[k] += d[k]
            for f in range(len(flat)):
                gw2[k][f] += d[k] * flat[f]
        for f, (o, r, q) in enumerate(where):
            if z[o][r][q] <= 0:
                continue
            e = sum(d[k] * w2[k][f] for k in range(K))
            gb1[o] += e
            for c in range(C):
                for u in range(3):
                    for v in range(3):
                        gw1[o][c][u][v] += e * img[c][r + u][q + v]
    return loss / N, gw1, gb1, gw2, gb2
