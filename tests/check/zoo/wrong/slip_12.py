import numpy as np


def input_gradient(dy, w, x_shape, stride, pad):
    dx = np.zeros(x_shape)
    for o in range(w.shape[0]):
        for i in range(dy.shape[2]):
            for j in range(dy.shape[3]):
                for u in range(w.shape[2]):
                    for v in range(w.shape[3]):
                        row, column = i * stride + u - pad, j * stride + v - pad
                        if row < x_shape[2] and column < x_shape[3]:
                            dx[:, :, row, column] += dy[:, o, i, j, None] * w[o, :, u, v]
    return dx
