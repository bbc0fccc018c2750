import numpy as np


def global_avg_pool_backward(dout, x):
    h, w = x.shape[2:]
    return np.broadcast_to(dout[:, :, None, None], x.shape) / (h * w)
