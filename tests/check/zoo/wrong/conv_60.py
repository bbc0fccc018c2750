import numpy as np


def _pair(v):
    return v if isinstance(v, tuple) else (v, v)


def conv2d_backward(dY, X, W, *, stride=1, padding=0, dilation=1):
    """Returns {"dX": ..., "dW": ..., "db": ...}."""
    (sh, sw), (ph, pw), (dh, dw) = _pair(stride), _pair(padding), _pair(dilation)
    O, C, KH, KW = W.shape
    OH, OW = dY.shape[2:]
    Xp = np.pad(X, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    gx = np.zeros_like(Xp)
    dW = np.zeros_like(W)
    for u in range(KH):
        for v in range(KW):
            rows = slice(u * dh, u * dh + sh * (OH - 1) + 1, sh)
            cols = slice(v * dw, v * dw + sw * (OW - 1) + 1, sw)
            dW[:, :, u, v] = np.tensordot(dY, Xp[:, :, rows, cols], axes=([0, 2, 3], [0, 2, 3]))
            gx[:, :, rows, cols] += np.tensordot(dY, W[:, :, u, v], axes=([1], [0])).transpose(
                0, 3, 1, 2
            )
    return {"dX": gx, "dW": dW, "db": dY.sum((0, 2, 3))}
