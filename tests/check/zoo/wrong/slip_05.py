def maxpool_backward(x, dy, size, stride, pad=0):
    dx = [[[[0.0] * len(ch[0]) for _ in ch] for ch in img] for img in x]
    for n in range(len(x)):
        for c in range(len(x[n])):
            ch = x[n][c]
            for i in range(len(dy[n][c])):
                for j in range(len(dy[n][c][i])):
                    top = None
                    for r in range(max(0, i * stride - pad), min(len(ch), i * stride - pad + size)):
                        for q in range(
                            max(0, j * stride - pad), min(len(ch[0]), j * stride - pad + size)
                        ):
                            if top is None or ch[r][q] > top:
                                top, place = ch[r][q], (r, q)
                    dx[n][c][place[0]][place[1]] += dy[n][c][i][j] * top
    return dx
