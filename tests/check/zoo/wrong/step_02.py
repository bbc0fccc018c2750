import numpy as np


def sgd_step(w, grad, learning_rate, weight_decay=0.0):
    grad = grad + weight_decay * w
    return w - grad
