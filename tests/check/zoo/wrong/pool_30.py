import numpy as np


def global_avg_pool_backward(dout, x):
    h, w = x.shape[2:]
    return np.ones((1, 1, h, w)) * dout[:, :, None, None]
