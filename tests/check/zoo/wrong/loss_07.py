import math


def softmax(row):
    top = max(row)
    powers = [math.exp(v - top) for v in row]
    return [p / sum(powers) for p in powers]


def loss_grad(logits, targets):
    """targets: the class of each row"""
    grads = []
    for row, target in zip(logits, targets):
        p = softmax(row)
        grads.append([((1 if k == target else 0) - p[k]) / len(logits) for k in range(len(p))])
    return grads
