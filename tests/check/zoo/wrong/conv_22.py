import numpy as np
from numpy.lib.stride_tricks import as_strided


def windows(x, kh, kw, stride):
    n, c, h, w = x.shape
    sn, sc, sh, sw = x.strides
    oh = (h - kh) // stride + 1
    ow = (w - kw) // stride + 1
    return as_strided(x, (n, c, oh, ow, kh, kw), (sn, sc, sh * stride, sw * stride, sh, sw))


def conv2d_backward(gy, x, weight, stride=1, padding=0):
    o, c, kh, kw = weight.shape
    n, _, h, w = x.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))

    grad_bias = gy.sum(axis=(0, 2, 3))
    gw = np.einsum("ncijuv,noij->ocvu", windows(xp, kh, kw, stride), gy)

    gxp = np.zeros(xp.shape)
    contribution = np.einsum("ocuv,noij->ncijuv", weight, gy)
    for i in range(gy.shape[2]):
        for j in range(gy.shape[3]):
            gxp[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += contribution[
                :, :, i, j
            ]
    gx = gxp[:, :, padding : padding + h, padding : padding + w]
    return gx, gw, grad_bias
