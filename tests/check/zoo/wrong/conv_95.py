#!/usr/bin/env python3
"""Back propagation over a convolutional layer"""

import numpy as np


def conv_backward(dZ, A_prev, W, b, padding=(0, 0), stride=(1, 1)):
    m, h_new, w_new, c_new = dZ.shape
    _, h_prev, w_prev, c_prev = A_prev.shape
    kh, kw, _, _ = W.shape
    sh, sw = stride
    ph, pw = padding
    A_pad = np.pad(A_prev, ((0, 0), (ph, ph), (pw, pw), (0, 0)), mode="constant")
    dA_prev = np.zeros(A_pad.shape)
    dW = np.zeros(W.shape)
    db = np.sum(dZ, axis=(0, 1, 2), keepdims=True)
    for i in range(m):
        for h in range(h_new):
            for w in range(w_new):
                for f in range(c_new):
                    x, y = h * sh, w * sh
                    dA_prev[i, x : x + kh, y : y + kw, :] += W[:, :, :, f] * dZ[i, h, w, f]
                    dW[:, :, :, f] += A_pad[i, x : x + kh, y : y + kw, :] * dZ[i, h, w, f]
    dA_prev = dA_prev[:, ph : ph + h_prev, pw : pw + w_prev, :]
    return dA_prev, dW, db
