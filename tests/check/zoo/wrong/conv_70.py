def kernel_grad(x, d, size):
    grad = []
    for u in range(size):
        line = []
        for v in range(size):
            line.append(
                sum(d[i][j] * x[i + u][j + v] for i in range(len(d)) for j in range(len(d[0]) - 1))
            )
        grad.append(line)
    return grad
