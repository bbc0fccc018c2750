import numpy as np


def im2col(x, fh, fw, stride):
    n, c, h, w = x.shape
    oh, ow = (h - fh) // stride + 1, (w - fw) // stride + 1
    col = np.empty((n, c, fh, fw, oh, ow))
    for y in range(fh):
        for z in range(fw):
            col[:, :, y, z] = x[
                :, :, y : y + stride * (oh - 1) + 1 : stride, z : z + stride * (ow - 1) + 1 : stride
            ]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(n * oh * ow * c, fh * fw)


def col2im(col, shape, fh, fw, stride):
    n, c, h, w = shape
    oh, ow = (h - fh) // stride + 1, (w - fw) // stride + 1
    col = col.reshape(n, oh, ow, c, fh, fw).transpose(0, 3, 4, 5, 1, 2)
    img = np.zeros(shape)
    for y in range(fh):
        for z in range(fw):
            img[
                :, :, y : y + stride * (oh - 1) + 1 : stride, z : z + stride * (ow - 1) + 1 : stride
            ] = col[:, :, y, z]
    return img


class Pooling:
    def __init__(self, pool_h, pool_w, stride=1):
        self.pool_h, self.pool_w, self.stride = pool_h, pool_w, stride

    def forward(self, x):
        n, c, h, w = x.shape
        out_h = 1 + (h - self.pool_h) // self.stride
        out_w = 1 + (w - self.pool_w) // self.stride
        col = im2col(x, self.pool_h, self.pool_w, self.stride)
        self.x = x
        self.arg_max = np.argmax(col, axis=1)
        return np.max(col, axis=1).reshape(n, out_h, out_w, c).transpose(0, 3, 1, 2)

    def backward(self, dout):
        dout = dout.transpose(0, 2, 3, 1)
        size = self.pool_h * self.pool_w
        dmax = np.zeros((dout.size, size))
        dmax[np.arange(self.arg_max.size), self.arg_max.flatten()] = dout.flatten()
        return col2im(dmax, self.x.shape, self.pool_h, self.pool_w, self.stride)
