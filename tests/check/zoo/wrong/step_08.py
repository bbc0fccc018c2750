import numpy as np


class Momentum:
    def __init__(self, lr=0.01, momentum=0.9):
        self.lr = lr
        self.momentum = momentum
        self.velocity = None

    def update(self, params, grads):
        if self.velocity is None:
            self.velocity = {}
            for key, val in params.items():
                self.velocity[key] = np.zeros_like(val)
        for key in params.keys():
            self.velocity[key] = self.momentum * self.velocity[key] - self.lr * grads[key]
            params[key] -= self.velocity[key]


if __name__ == "__main__":
    params = {"W": np.ones(3)}
    optimizer = Momentum(lr=0.1)
    for _ in range(3):
        optimizer.update(params, {"W": 2 * params["W"]})
        print(params["W"])
