import numpy as np


class Pooling:
    def __init__(self, pool_h, pool_w, stride=1):
        self.pool_h = pool_h
        self.pool_w = pool_w
        self.stride = stride

    def forward(self, x):
        n, c, h, w = x.shape
        out_h = 1 + (h - self.pool_h) // self.stride
        out_w = 1 + (w - self.pool_w) // self.stride
        out = np.zeros((n, c, out_h, out_w))
        self.where = np.zeros((n, c, out_h, out_w, 2), dtype=int)
        self.shape = x.shape
        s = self.stride
        for i in range(out_h):
            for j in range(out_w):
                self.where[:, :, i, j] = i * s, j * s
                for u in range(self.pool_h):
                    for v in range(self.pool_w):
                        here = x[:, :, i * s + u, j * s + v]
                        larger = here > out[:, :, i, j]
                        out[:, :, i, j][larger] = here[larger]
                        self.where[:, :, i, j][larger] = i * s + u, j * s + v
        return out

    def backward(self, dout):
        dx = np.zeros(self.shape)
        for place in np.ndindex(*dout.shape):
            row, column = self.where[place]
            dx[place[0], place[1], row, column] += dout[place]
        return dx
