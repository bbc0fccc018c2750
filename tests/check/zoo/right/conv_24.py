import numpy as np


def backward_conv(dout, img, filters):
    """One picture: img (H, W, C), filters (O, C, k, k), dout (H', W', O)"""
    num, ch, k, _ = filters.shape
    dfilt = np.zeros(filters.shape)
    dimg = np.zeros(img.shape)
    for f in range(num):
        for r in range(dout.shape[0]):
            for c in range(dout.shape[1]):
                patch = img[r : r + k, c : c + k].transpose(2, 0, 1)
                dfilt[f] += dout[r, c, f] * patch
                dimg[r : r + k, c : c + k] += dout[r, c, f] * filters[f].transpose(1, 2, 0)
    dbias = dout.reshape(-1, num).sum(0)
    return dimg, dfilt, dbias
