import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    mu = x.mean(axis=0)
    var = x.var(axis=0)
    std = np.sqrt(var + eps)
    x_hat = (x - mu) / std
    out = gamma * x_hat + beta
    return out, (x_hat, x - mu, std, gamma)


def batchnorm_backward(dout, cache):
    x_hat, x_mu, std, gamma = cache
    N = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = np.sum(dout * x_hat, axis=0)
    dx_hat = dout * gamma
    dvar = np.sum(dx_hat * x_mu, axis=0) * -0.5 / std**3
    dmu = np.sum(dx_hat * -1 / std, axis=0)
    dx = dx_hat / std + dvar * 2 * x_mu / N + dmu / N
    return dx, dgamma, dbeta


if __name__ == "__main__":
    x = np.random.randn(8, 3)
    out, cache = batchnorm_forward(x, np.ones(3), np.zeros(3), {"mode": "train"})
    print(out.mean(axis=0), out.std(axis=0))
