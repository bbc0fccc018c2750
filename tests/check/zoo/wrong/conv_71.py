def weight_gradient(x, d, size):
    """Gradient of a size x size kernel for one channel and one filter; x and d are lists of rows."""
    dk = []
    for u in range(size):
        row = []
        for v in range(size):
            row.append(sum(x[i + u][j + v] for i in range(len(d)) for j in range(len(d[0]))))
        dk.append(row)
    return dk
