import numpy as np


class Node:
    def __init__(self, value, pulls=()):
        self.value, self.grad, self.pulls = value, np.zeros(np.shape(value)), pulls

    def backward(self, error):
        self.grad = self.grad + error
        for node, pull in self.pulls:
            node.backward(pull(error))


def linear(x, w, b):
    return Node(
        x.value @ w.value + b.value,
        [
            (x, lambda g: g @ w.value.T),
            (w, lambda g: x.value.T @ g),
            (b, lambda g: g.mean(axis=0)),
        ],
    )
