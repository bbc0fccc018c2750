"""The bias, and several images

A bias is added to every number of a map, so a change of the bias by 1 changes
each of them by 1. Its gradient is the sum of the error over the whole map:

    dy  1 0      db = 1 + 0 + 2 + 1 = 4
        2 1

In training a network sees several images before its weights are changed.
All of them used the same weights. So the gradient of a weight, and that of a
bias, are the sums over all images.

Why is it a sum, if the loss is the mean over the images? The division by the
number of images has been made already, where the error began, in the loss.
It reaches you within dy. To divide here would divide twice.

    dy[n][i][j]   the error: image, row, column
    x[n][h][w]    the pictures, of one channel each

Write batch_gradients. It gives two things: dw, a list of rows, and db, a
number. The function for one image that you wrote before may help: copy it.
"""


def batch_gradients(dy, x):
    """The gradients of the filter and of its bias, for all images together.

    >>> batch_gradients([[[1]], [[2]]], [[[3, 4]], [[5, 6]]])
    ([[13, 16]], 3)
    """
    ### BEGIN SOLUTION
    kh, kw = len(x[0]) - len(dy[0]) + 1, len(x[0][0]) - len(dy[0][0]) + 1
    dw = [[0] * kw for _ in range(kh)]
    db = 0
    for n in range(len(dy)):
        for i in range(len(dy[n])):
            for j in range(len(dy[n][i])):
                db += dy[n][i][j]
                for u in range(kh):
                    for v in range(kw):
                        dw[u][v] += dy[n][i][j] * x[n][i + u][j + v]
    return dw, db
    ### END SOLUTION


### BEGIN HIDDEN TESTS
from backlit.learn.parts import Checked

HINTS = (
    "One more loop around all others: for n in range(len(dy)).",
    "dw and db begin with zeros before that loop, not inside of it.",
    "db += dy[n][i][j] stands inside of the loops over n, i and j, and outside of those over "
    "u and v.",
)
PARTS = (Checked("batch_gradients", "conv2d", ("dy", "x"), "nhw-hw"),)
### END HIDDEN TESTS
