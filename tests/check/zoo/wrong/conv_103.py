"""functional.py"""

import numpy as np


def conv2d_input(input_size, weight, grad_output, stride=1, padding=0, dilation=1, groups=1):
    n, c, h, w = input_size
    o, cg, kh, kw = weight.shape
    og = o // groups
    full = np.zeros((n, c, h + 2 * padding, w + 2 * padding))
    for q in range(groups):
        for k in range(og):
            f = q * og + k
            for i in range(grad_output.shape[2]):
                for j in range(grad_output.shape[3]):
                    top, left = i * stride, j * stride
                    g = grad_output[:, f, i, j][:, None, None, None]
                    rows = slice(top, top + dilation * kh, dilation)
                    cols = slice(left, left + dilation * kw, dilation)
                    full[:, q * cg : (q + 1) * cg, rows, cols] += g * weight[f]
    return full[:, :, padding : padding + h, padding : padding + w]


def conv2d_weight(input, weight_size, grad_output, stride=1, padding=0, dilation=1, groups=1):
    o, cg, kh, kw = weight_size
    og = o // groups
    x = np.pad(input, ((0, 0), (0, 0), (padding,) * 2, (padding,) * 2))
    gw = np.zeros(weight_size)
    oh, ow = grad_output.shape[2:]
    for f in range(o):
        c0 = 0
        for u in range(kh):
            for v in range(kw):
                r, s = u * dilation, v * dilation
                part = x[
                    :,
                    c0 : c0 + cg,
                    r : r + stride * (oh - 1) + 1 : stride,
                    s : s + stride * (ow - 1) + 1 : stride,
                ]
                gw[f, :, u, v] = np.einsum("ncij,nij->c", part, grad_output[:, f])
    return gw
