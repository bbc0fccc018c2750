import numpy as np


class Dense:
    def __init__(self, weights, bias, learning_rate=0.1):
        self.weights = weights
        self.bias = bias
        self.learning_rate = learning_rate

    def forward(self, x):
        self.x = x
        return x @ self.weights.T + self.bias

    def backward(self, grad):
        grad_x = grad @ self.weights
        self.grad_w = grad.T @ self.x
        self.grad_b = grad.sum(axis=0)
        self.weights = self.weights - self.learning_rate * self.grad_w
        self.bias = self.bias - self.learning_rate * self.grad_b
        return grad_x
