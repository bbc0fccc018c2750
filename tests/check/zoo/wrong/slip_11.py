import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mean, var, eps = x.mean(0), x.var(0), bn_param.get("eps", 1e-5)
    root = np.sqrt(var) + eps
    normalized = (x - mean) / root
    return gamma * normalized + beta, (normalized, root, gamma)


def batchnorm_backward(dout, cache):
    normalized, root, gamma = cache
    dgamma = (dout * normalized).sum(axis=0)
    inner = dout * gamma
    along = (inner * normalized).mean(axis=0) * normalized
    return (inner - inner.mean(axis=0) - along) / root, dgamma, dout.sum(axis=0)
