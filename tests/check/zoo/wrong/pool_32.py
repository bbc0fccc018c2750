import numpy as np


def global_avg_pool_backward(grad, x):
    pixels = x.shape[2] * x.shape[3]
    return grad[:, :, None, None] / pixels
