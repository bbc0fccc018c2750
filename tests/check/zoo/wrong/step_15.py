import numpy as np


def adam_update(theta, g, m, s, t, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
    m[:] = beta1 * m + (1 - beta1) * g
    s[:] = beta2 * s + (1 - beta2) * g * g
    m_hat, s_hat = m / (1 - beta1**t), s / (1 - beta2**t)
    theta += lr * m_hat / (np.sqrt(s_hat) + eps)
    return theta
