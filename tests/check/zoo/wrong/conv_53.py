import numpy as np


def spread(dy, stride):
    """Put stride - 1 zeros between the errors."""
    n, o, h, w = dy.shape
    out = np.zeros((n, o, (h - 1) * stride + 1, (w - 1) * stride + 1))
    out[:, :, ::stride, ::stride] = dy
    return out


def conv_dx(dy, w, x_shape, stride, pad):
    n, c, h, wd = x_shape
    o, _, kh, kw = w.shape
    e = dy
    # rows and columns at the end that no window reached
    more_h = h + 2 * pad - (e.shape[2] + kh - 1)
    more_w = wd + 2 * pad - (e.shape[3] + kw - 1)
    e = np.pad(e, ((0, 0), (0, 0), (kh - 1, kh - 1 + more_h), (kw - 1, kw - 1 + more_w)))
    turned = w[:, :, ::-1, ::-1]
    dx = np.zeros((n, c, h + 2 * pad, wd + 2 * pad))
    for i in range(dx.shape[2]):
        for j in range(dx.shape[3]):
            dx[:, :, i, j] = np.tensordot(
                e[:, :, i : i + kh, j : j + kw], turned, ((1, 2, 3), (0, 2, 3))
            )
    return dx[:, :, pad : pad + h, pad : pad + wd]
