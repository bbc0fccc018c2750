import math


def sigmoid(z):
    if z < 0:
        return math.exp(z) / (1 + math.exp(z))
    return 1 / (1 + math.exp(-z))


def sigmoid_backward(d, z):
    """d and z: lists of rows"""
    return [[e * sigmoid(v) * (1 - sigmoid(v)) for e, v in zip(es, vs)] for es, vs in zip(d, z)]
