import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def backward(params, cache, d_out):
    """params: {"W", "b"}; cache: {"x"} as the forward pass saw it, already padded by the caller."""
    W = params["W"]
    x = cache["x"]
    view = sliding_window_view(x, W.shape[2:], axis=(2, 3))
    grads = {
        "W": np.tensordot(d_out, view, axes=((0, 2, 3), (0, 2, 3))),
        "b": np.einsum("nohw->o", d_out),
    }
    k, l = W.shape[2:]
    padded = np.pad(d_out, ((0, 0), (0, 0), (k - 1, k - 1), (l - 1, l - 1)))
    flipped = np.flip(W, (2, 3))
    d_x = np.tensordot(
        sliding_window_view(padded, (k, l), axis=(2, 3)), flipped, axes=((1, 4, 5), (1, 2, 3))
    )
    return np.moveaxis(d_x, -1, 1), grads
