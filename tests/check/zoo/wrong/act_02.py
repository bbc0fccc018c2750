import numpy as np


def relu_forward(x):
    return np.maximum(0, x), x


def relu_grad(dout, cache):
    x = cache
    dout[x <= 0] = 0
    return dout
