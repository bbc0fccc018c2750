def max_pool_grad(x, dy, size, stride, pad=0):
    dx = [[[[0.0 for _ in row] for row in ch] for ch in img] for img in x]
    for n, img in enumerate(x):
        for c, ch in enumerate(img):
            rows, cols = len(ch), len(ch[0])
            for i in range(len(dy[n][c])):
                for j in range(len(dy[n][c][0])):
                    best, top = None, 0
                    for u in range(size):
                        for v in range(size):
                            r, q = i * stride + u - pad, j * stride + v - pad
                            if r < 0 or r >= rows or q < 0 or q >= cols:
                                continue
                            if ch[r][q] > top:
                                best, top = (r, q), ch[r][q]
                    if best is None:
                        continue
                    dx[n][c][best[0]][best[1]] += dy[n][c][i][j]
    return dx
