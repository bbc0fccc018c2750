import numpy as np


def sgd_step(w, dw, learning_rate, weight_decay=0.0):
    dw = dw - weight_decay * w
    return w - learning_rate * dw
