import numpy as np


def softplus_and_grad(z, upstream):
    value = np.logaddexp(0, z)
    return value, upstream * np.exp(z - value)
