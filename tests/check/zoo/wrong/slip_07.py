import math


def cross_entropy_backward(logits, targets):
    grads = []
    for row, target in zip(logits, targets):
        powers = [math.exp(z - max(row)) for z in row]
        p = [e / sum(powers) for e in powers]
        grads.append([p[k] - (k == target) / len(logits) for k in range(len(p))])
    return grads
