import math


def softmax(row):
    top = max(row)
    powers = [math.exp(v - top) for v in row]
    return [p / sum(powers) for p in powers]


def cross_entropy_backward(logits, targets):
    grads = []
    for row, target in zip(logits, targets):
        p = row
        grads.append([(p[k] - (1 if k == target else 0)) / len(logits) for k in range(len(p))])
    return grads
