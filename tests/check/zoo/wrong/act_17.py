import numpy as np


class Swish:
    @staticmethod
    def forward(ctx, x):
        ctx["x"] = x
        return x / (1 + np.exp(-x))

    @staticmethod
    def backward(ctx, grad_output):
        x = ctx["x"]
        s = 1 / (1 + np.exp(-x))
        return grad_output * (x * s * (1 - s))
