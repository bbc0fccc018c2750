import numpy as np


def conv2d_backward(dY, X, W, *, stride=1, padding=0, dilation=1):
    """The filter gradient is a true convolution, which has to be turned at the end."""
    (sh, sw), (ph, pw), (dh, dw) = (
        v if isinstance(v, tuple) else (v, v) for v in (stride, padding, dilation)
    )
    O, C, KH, KW = W.shape
    OH, OW = dY.shape[2:]
    Xp = np.pad(X, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dXp = np.zeros_like(Xp)
    dW = np.zeros_like(W)
    for u in range(KH):
        for v in range(KW):
            rows = slice(u * dh, u * dh + sh * (OH - 1) + 1, sh)
            cols = slice(v * dw, v * dw + sw * (OW - 1) + 1, sw)
            dW[:, :, u, v] = np.einsum("noij,ncij->oc", dY, Xp[:, :, rows, cols])
            dXp[:, :, rows, cols] += np.einsum("noij,oc->ncij", dY, W[:, :, u, v])
    dX = dXp[:, :, ph : ph + X.shape[2], pw : pw + X.shape[3]]
    return {"dX": dX, "dW": np.rot90(dW, 2), "db": dY.sum((0, 2, 3))}
