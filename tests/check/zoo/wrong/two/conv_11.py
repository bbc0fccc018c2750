import numpy as np


def grouped_conv_backward(dout, x, w, b, stride=1, pad=0, groups=1):
    """dw first, then db, then dx."""
    cin = x.shape[1] // groups
    cout = w.shape[0] // groups
    kh, kw = w.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dxp = np.zeros_like(xp)
    dw = np.zeros_like(w)
    for g in range(groups):
        ins = slice(g * cin, (g + 1) * cin)
        outs = slice(g * cout, (g + 1) * cout)
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                r, c = i * stride, j * stride
                patch = xp[:, ins, r : r + kh, c : c + kw]
                d = dout[:, outs, i, j]
                dw[outs] += np.einsum("no,ncuv->ocuv", d, patch)
                dxp[:, :cin, r : r + kh, c : c + kw] += np.einsum("no,ocuv->ncuv", d, w[outs])
    db = dout.sum(axis=(0, 1)).sum(axis=-1)
    h, wd = x.shape[2:]
    return dw, db, dxp[:, :, pad : pad + h, pad : pad + wd]
