def weight_gradient(x, d, size):
    """How the loss changes with each weight of a size x size kernel."""
    dw = [[0] * size] * size
    for i in range(len(d)):
        for j in range(len(d[0])):
            for u in range(size):
                for v in range(size):
                    dw[u][v] += d[i][j] * x[i + u][j + v]
    return dw
