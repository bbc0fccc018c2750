import math


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def sigmoid_backward(delta, z):
    return [[e * sigmoid(v) * (1 - sigmoid(v)) for e, v in zip(es, vs)] for es, vs in zip(delta, z)]
