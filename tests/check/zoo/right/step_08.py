import numpy as np


class SGD:
    def __init__(self, learning_rate=0.01, momentum=0.0):
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.moving = {}

    def step(self, params, grads):
        for name, grad in grads.items():
            before = self.moving.get(name, np.zeros_like(grad))
            self.moving[name] = self.momentum * before + grad
            params[name] = params[name] - self.learning_rate * self.moving[name]
