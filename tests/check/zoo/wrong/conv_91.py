import numpy as np


def conv2d(inputs, kernel, bias, strides=1):
    kh, kw, _, filters = kernel.shape
    n, h, w, _ = inputs.shape
    oh, ow = (h - kh) // strides + 1, (w - kw) // strides + 1
    outputs = np.empty((n, oh, ow, filters), dtype=np.float32)
    for i in range(oh):
        for j in range(ow):
            r, c = i * strides, j * strides
            outputs[:, i, j] = np.tensordot(inputs[:, r : r + kh, c : c + kw], kernel, 3) + bias
    return outputs, {"inputs": inputs, "kernel": kernel, "strides": strides}


def conv2d_grad(grads, cache):
    inputs, kernel, strides = cache["inputs"], cache["kernel"], cache["strides"]
    kh, kw = kernel.shape[:2]
    size = (grads.shape[1] - 1) * strides + kh, (grads.shape[2] - 1) * strides + kw
    inputs = inputs.reshape(len(inputs), *size, -1)
    d_inputs = np.zeros_like(inputs)
    d_kernel = np.zeros_like(kernel)
    for i in range(grads.shape[1]):
        for j in range(grads.shape[2]):
            r, c = i * strides, j * strides
            g = grads[:, i, j]
            d_kernel += np.tensordot(inputs[:, r : r + kh, c : c + kw], g, axes=(0, 0))
            d_inputs[:, r : r + kh, c : c + kw] += np.tensordot(g, kernel, axes=(1, 3))
    return {"kernel": d_kernel, "bias": grads.sum(axis=(0, 1, 2)), "inputs": d_inputs}
