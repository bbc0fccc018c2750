import math


def batchnorm_grad(dy, x, gamma, eps):
    """dy and x: lists of N rows with D numbers."""
    N, D = len(x), len(x[0])
    dx = [[0.0] * D for _ in range(N)]
    dgamma, dbeta = [0.0] * D, [0.0] * D
    for d in range(D):
        column = [row[d] for row in x]
        errors = [row[d] for row in dy]
        mean = sum(column) / N
        root = math.sqrt(sum((v - mean) ** 2 for v in column) / N + eps)
        hat = [(v - mean) / root for v in column]
        dbeta[d] = sum(errors)
        dgamma[d] = sum(e * h for e, h in zip(errors, hat))
        for n in range(N):
            dx[n][d] = gamma[d] / root * (errors[n] - dbeta[d] / N - hat[n] * dgamma[d] / N)
    return dgamma, dbeta, dx
