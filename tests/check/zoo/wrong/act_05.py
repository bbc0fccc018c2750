import numpy as np


def relu_forward(x):
    return np.maximum(0, x), x


def d_relu(dout, cache):
    x = cache
    dx = dout * np.maximum(0, x)
    return dx
