def update(params, grads, lr):
    """Change every row in place."""
    for p, g in zip(params, grads):
        for i in range(len(p) - 1):
            p[i] -= lr * g[i]
