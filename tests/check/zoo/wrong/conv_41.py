import numpy as np


def correlate(a, k):
    """Valid cross-correlation of two matrices."""
    h = a.shape[0] - k.shape[0] + 1
    w = a.shape[1] - k.shape[1] + 1
    out = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            out[i, j] = (a[i : i + k.shape[0], j : j + k.shape[1]] * k).sum()
    return out


def conv2d_gradients(image, kernel, d_out):
    """Gradients for one grey image and one kernel.

    image (H, W), kernel (kH, kW), d_out: dLoss/dOutput
    returns d_kernel, d_bias, d_image
    """
    d_kernel = np.rot90(correlate(image, d_out), 2)
    d_bias = d_out.sum()
    ph, pw = kernel.shape[0] - 1, kernel.shape[1] - 1
    padded = np.pad(d_out, ((ph, ph), (pw, pw)))
    d_image = correlate(padded, np.rot90(kernel, 2))
    return d_kernel, d_bias, d_image
