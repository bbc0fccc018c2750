def maxpool_backward(x, dy, size, stride, pad=0):
    dx = [[[[0.0 for _ in row] for row in ch] for ch in img] for img in x]
    for n, img in enumerate(x):
        for c, ch in enumerate(img):
            rows, cols = len(ch), len(ch[0])
            for i in range(len(dy[n][c])):
                for j in range(len(dy[n][c][0])):
                    top = None
                    for u in range(size):
                        for v in range(size):
                            r, q = i * stride + u - pad, j * stride + v - pad
                            if r < 0 or r >= rows or q < 0 or q >= cols:
                                continue
                            if top is None or ch[r][q] > ch[top[0]][top[1]]:
                                top = (r, q)
                    dx[0][c][top[0]][top[1]] += dy[n][c][i][j]
    return dx
