import numpy as np


def update(w, dw, learning_rate, weight_decay=0.0):
    dw = learning_rate * (dw + weight_decay * w)
    return w - learning_rate * dw
