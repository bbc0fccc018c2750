import numpy as np
from numpy.lib.stride_tricks import as_strided


def windows(x, kh, kw, stride):
    n, c, h, w = x.shape
    sn, sc, sh, sw = x.strides
    oh = (h - kh) // stride + 1
    ow = (w - kw) // stride + 1
    return as_strided(x, (n, c, oh, ow, kh, kw), (sn, sc, sh * stride, sw * stride, sh, sw))


def conv2d_backward(grad_out, x, weight, stride=1, padding=0):
    o, c, kh, kw = weight.shape
    n, _, h, w = x.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))

    gb = grad_out.sum(axis=(0, 1, 2))
    gw = np.einsum("ncijuv,noij->ocuv", windows(xp, kh, kw, stride), grad_out)

    gxp = np.zeros(xp.shape)
    contribution = np.einsum("ocuv,noij->ncijuv", weight, grad_out)
    for i in range(grad_out.shape[2]):
        for j in range(grad_out.shape[3]):
            gxp[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += contribution[
                :, :, i, j
            ]
    gx = gxp[:, :, padding : padding + h, padding : padding + w]
    return gx, gw, gb
