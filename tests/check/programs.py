"""A right convolution as people write it, whose pieces tests replace by wrong ones."""

from pathlib import Path

CONVOLUTION = """
import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    OH, OW = 1 + (H + 2 * p - HH) // s, 1 + (W + 2 * p - WW) // s
    out = np.zeros((N, F, OH, OW))
    for n in range(N):
        for f in range(F):
            for i in range(OH):
                for j in range(OW):
                    window = xp[n, :, i * s:i * s + HH, j * s:j * s + WW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    return out, (x, w, b, conv_param)


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for n in range(N):
        for f in range(F):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    dw[f] += xp[n, :, i * s:i * s + HH, j * s:j * s + WW] * dout[n, f, i, j]
                    dxp[n, :, i * s:i * s + HH, j * s:j * s + WW] += w[f] * dout[n, f, i, j]
    dx = dxp[:, :, p:p + H, p:p + W]
    return dx, dw, dout.sum(axis=(0, 2, 3))
"""

SQUARE_FILTERS = """
def conv_backward(dy, x, w, b):
    size = len(w[0][0])
    dw = [[[[sum(dy[n][o][i][j] * x[n][c][i + u][j + v] for n in range(len(x))
                 for i in range(len(dy[0][0])) for j in range(len(dy[0][0][0])))
             for v in range(size)] for u in range(size)]
           for c in range(len(x[0]))] for o in range(len(w))]
    db = [sum(e for image in dy for row in image[o] for e in row) for o in range(len(w))]
    return dw, db
"""


def written(folder: Path, *changes: tuple[str, str], program: str = CONVOLUTION) -> Path:
    """A file with the program, some of its pieces replaced."""
    for old, new in changes:
        assert old in program
        program = program.replace(old, new)
    path = folder / "mine.py"
    path.write_text(program, encoding="utf-8")
    return path
