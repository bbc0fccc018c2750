import math


def sigmoid_backward(d, z):
    rows = []
    for errors, values in zip(d, z):
        rows.append([e * v * (1 - v) for e, v in zip(errors, values)])
    return rows


def sigmoid(z):
    if z < 0:
        return math.exp(z) / (1 + math.exp(z))
    return 1 / (1 + math.exp(-z))
