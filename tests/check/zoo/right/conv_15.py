def weight_gradient(x, d, size):
    """Gradient of a size x size kernel for one channel and one filter; x and d are lists of rows."""
    grad = []
    for u in range(size):
        line = []
        for v in range(size):
            line.append(
                sum(d[i][j] * x[i + u][j + v] for i in range(len(d)) for j in range(len(d[0])))
            )
        grad.append(line)
    return grad
