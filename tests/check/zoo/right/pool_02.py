def maxpool_backward(x, dy, size, stride, pad=0):
    dx = [[[[0.0 for _ in row] for row in ch] for ch in img] for img in x]
    for n, img in enumerate(x):
        for c, ch in enumerate(img):
            rows, cols = len(ch), len(ch[0])
            for i in range(len(dy[n][c])):
                for j in range(len(dy[n][c][0])):
                    best = None
                    for u in range(size):
                        for v in range(size):
                            r, q = i * stride + u - pad, j * stride + v - pad
                            if r < 0 or r >= rows or q < 0 or q >= cols:
                                continue
                            if best is None or ch[r][q] > ch[best[0]][best[1]]:
                                best = (r, q)
                    dx[n][c][best[0]][best[1]] += dy[n][c][i][j]
    return dx


if __name__ == "__main__":
    x = [[[[1, 2, 3, 4], [8, 7, 6, 5], [9, 10, 11, 12], [16, 15, 14, 13]]]]
    print(maxpool_backward(x, [[[[1, 2], [3, 4]]]], 2, 2))
