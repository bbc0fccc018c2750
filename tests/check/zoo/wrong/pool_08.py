def pool_backward(x, dy, size, stride, pad=0):
    dx = [[[[0.0 for _ in row] for row in ch] for ch in img] for img in x]
    for n, img in enumerate(x):
        for c, ch in enumerate(img):
            rows, cols = len(ch), len(ch[0])
            for i in range(len(dy[n][c])):
                for j in range(len(dy[n][c][0])):
                    for u in range(size):
                        for v in range(size):
                            r, q = i * stride + u - pad, j * stride + v - pad
                            if 0 <= r < rows and 0 <= q < cols:
                                dx[n][c][r][q] += dy[n][c][i][j] / (size * size)
    return dx


if __name__ == "__main__":
    x = [[[[1, 2, 3, 4], [8, 7, 6, 5], [9, 10, 11, 12], [16, 15, 14, 13]]]]
    print(pool_backward(x, [[[[1, 2], [3, 4]]]], 2, 2))
