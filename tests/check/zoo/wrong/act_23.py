import numpy as np


def act(z, kind):
    if kind == "tanh":
        return np.tanh(z)
    return np.maximum(z, 0)


def act_grad(dout, z, kind):
    if kind == "tanh":
        return dout * (1 - z**2)
    if kind == "relu":
        return dout * (z > 0)
