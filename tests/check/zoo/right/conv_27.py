import numpy as np


def conv2d(x, w, b, stride=1):
    """Returns the output and a function that takes its error back."""
    kh, kw = w.shape[2:]
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    out = np.einsum("ncijuv,ocuv->noij", windows, w) + b[:, None, None]

    def backward(dout):
        dw = np.einsum("ncijuv,noij->ocuv", windows, dout)
        dx = np.zeros_like(x)
        for i in range(out.shape[2]):
            for j in range(out.shape[3]):
                rows, cols = slice(i * stride, i * stride + kh), slice(j * stride, j * stride + kw)
                dx[:, :, rows, cols] += np.einsum("no,ocuv->ncuv", dout[:, :, i, j], w)
        return dx, dw, dout.sum(axis=(0, 2, 3))

    return out, backward
