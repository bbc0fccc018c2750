import numpy as np


class Conv2d:
    """Convolution with explicit loops."""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, bias=True):
        self.kernel_size = (
            kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
        )
        self.stride = stride
        self.padding = padding
        fan_in = in_channels * self.kernel_size[0] * self.kernel_size[1]
        self.weight = np.random.normal(
            0, np.sqrt(2.0 / fan_in), (out_channels, in_channels, *self.kernel_size)
        )
        self.bias = np.zeros(out_channels) if bias else None

    def forward(self, x):
        self.x_shape = x.shape
        p = self.padding
        self.padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        k_h, k_w = self.kernel_size
        out_h = (self.padded.shape[2] - k_h) // self.stride + 1
        out_w = (self.padded.shape[3] - k_w) // self.stride + 1
        out = np.zeros((x.shape[0], self.weight.shape[0], out_h, out_w))
        for b in range(x.shape[0]):
            for oc in range(self.weight.shape[0]):
                for oh in range(out_h):
                    for ow in range(out_w):
                        total = 0.0
                        for ic in range(x.shape[1]):
                            for kh in range(k_h):
                                for kw in range(k_w):
                                    total += (
                                        self.padded[
                                            b, ic, oh * self.stride + kh, ow * self.stride + kw
                                        ]
                                        * self.weight[oc, ic, kh, kw]
                                    )
                        out[b, oc, oh, ow] = total
        if self.bias is not None:
            out += self.bias[None, :, None, None]
        return out

    def backward(self, grad_output):
        batch, out_channels, out_h, out_w = grad_output.shape
        k_h, k_w = self.kernel_size
        self.weight_grad = np.zeros_like(self.weight)
        gx = np.zeros_like(self.padded)
        for b in range(batch):
            for oc in range(out_channels):
                for oh in range(out_h):
                    for ow in range(out_w):
                        grad = grad_output[b, oc, oh, ow]
                        for ic in range(self.weight.shape[1]):
                            for kh in range(k_h):
                                for kw in range(k_w):
                                    row = oh * self.stride + kh
                                    col = ow * self.stride + kw
                                    self.weight_grad[oc, ic, kh, kw] += (
                                        self.padded[b, ic, row, col] * grad
                                    )
                                    gx[b, ic, oh + kh, ow + kw] += (
                                        self.weight[oc, ic, kh, kw] * grad
                                    )
        if self.bias is not None:
            self.bias_grad = grad_output.sum(axis=(0, 2, 3))
        p = self.padding
        if p == 0:
            return gx
        return gx[:, :, p:-p, p:-p]
