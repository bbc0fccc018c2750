def avg_pool(x, size, stride=None, pad=0):
    stride = stride or size
    out = []
    for img in x:
        out.append([])
        for ch in img:
            h, w = len(ch), len(ch[0])
            plane = []
            for i in range((h + 2 * pad - size) // stride + 1):
                line = []
                for j in range((w + 2 * pad - size) // stride + 1):
                    total = 0
                    for r in range(i * stride - pad, i * stride - pad + size):
                        for q in range(j * stride - pad, j * stride - pad + size):
                            if 0 <= r < h and 0 <= q < w:
                                total += ch[r][q]
                    line.append(total / size**2)
                plane.append(line)
            out[-1].append(plane)
    return out


def avg_pool_backward(dy, x, size, stride=None, pad=0):
    stride = stride or size
    dx = [[[[0] * len(ch[0]) for _ in ch] for ch in img] for img in x]
    for n in range(len(x)):
        for c in range(len(x[0])):
            h, w = len(x[n][c]), len(x[n][c][0])
            for i in range(len(dy[n][c])):
                for j in range(len(dy[n][c][0])):
                    piece = dy[n][c][i][j] / size
                    for r in range(i * stride - pad, i * stride - pad + size):
                        for q in range(j * stride - pad, j * stride - pad + size):
                            if 0 <= r < h and 0 <= q < w:
                                dx[n][c][r][q] += piece
    return dx
