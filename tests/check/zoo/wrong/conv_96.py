#!/usr/bin/env python3
"""Back propagation over a convolutional layer"""

import numpy as np


def conv_backward(dZ, A_prev, W, b, padding=(0, 0), stride=(1, 1)):
    """
    dZ: (m, h_new, w_new, c_new)
    A_prev: (m, h_prev, w_prev, c_prev)
    W: (kh, kw, c_prev, c_new)
    b: (1, 1, 1, c_new)
    Returns: dA_prev, dW, db
    """
    m, h_new, w_new, c_new = dZ.shape
    _, h_prev, w_prev, c_prev = A_prev.shape
    kh, kw, _, _ = W.shape
    sh, sw = stride
    ph, pw = padding
    A_padded = np.pad(A_prev, ((0, 0), (ph, ph), (pw, pw), (0, 0)), mode="constant")
    dA = np.zeros(A_padded.shape)
    dW = np.zeros(W.shape)
    db = np.sum(dZ, axis=(0, 1, 2), keepdims=True)
    for i in range(m):
        for h in range(h_new):
            for w in range(w_new):
                for f in range(c_new):
                    x, y = h * sh, w * sw
                    dA[i, x : x + kh, y : y + kw, :] += W[:, :, :, f] * dZ[i, h, w, f]
                    dW[:, :, :, f] += A_padded[i, x : x + kh, y : y + kw, :] * dZ[i, h, w, f]
    if ph > 0:
        dA = dA[:, ph:-ph, ph:-ph, :]
    return dA, dW, db
