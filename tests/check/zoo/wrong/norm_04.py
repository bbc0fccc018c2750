import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    mu = x.mean(axis=0)
    var = x.var(axis=0)
    std = np.sqrt(var + eps)
    xn = (x - mu) / std
    out = gamma * xn + beta
    return out, (xn, x - mu, std, gamma)


def batchnorm_backward(dout, cache):
    xn, x_mu, std, gamma = cache
    N = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = np.sum(dout * xn, axis=0)
    dxn = dout
    dvar = np.sum(dxn * x_mu, axis=0) * -0.5 / std**3
    dmu = np.sum(dxn * -1 / std, axis=0)
    dx = dxn / std + dvar * 2 * x_mu / N + dmu / N
    return dx, dgamma, dbeta
