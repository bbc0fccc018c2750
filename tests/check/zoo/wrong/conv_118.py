import numpy as np


class Convolution2D:
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        size = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
        self.size, self.stride, self.padding = size, stride, padding
        self.weight = np.random.randn(out_channels, in_channels, *size) * 0.1
        self.bias = np.zeros(out_channels)

    def forward(self, x):
        p, s = self.padding, self.stride
        self.x = x
        self.xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        kh, kw = self.size
        oh = (self.xp.shape[2] - kh) // s + 1
        ow = (self.xp.shape[3] - kw) // s + 1
        out = np.zeros((len(x), len(self.weight), oh, ow))
        for f in range(len(self.weight)):
            for c in range(x.shape[1]):
                for i in range(oh):
                    for j in range(ow):
                        patch = self.xp[:, c, i * s : i * s + kh, j * s : j * s + kw]
                        out[:, f, i, j] += (patch * self.weight[f, c]).sum(axis=(1, 2))
                out[:, f] += self.bias[f]
        return out

    def backward(self, grad):
        p, s = self.padding, self.stride
        kh, kw = self.size
        self.weight_grad = np.zeros_like(self.weight)
        self.bias_grad = grad.sum(axis=(0, 2, 3))
        gx = np.zeros_like(self.xp)
        for i in range(grad.shape[2]):
            for j in range(grad.shape[3]):
                rows, cols = slice(i * s, i * s + kh), slice(j * s, j * s + kw)
                g = grad[:, :, i, j]
                self.weight_grad += np.tensordot(g, self.xp[:, :, rows, cols], axes=(0, 0))
                gx[:, :, rows, cols] += np.tensordot(g, self.weight, axes=(1, 0))
        h, w = self.x.shape[2:]
        return gx[:, :, p : p + h, p : p + w]
