"""Find the bug

Somebody else wrote this backward pass. It runs, it complains about nothing,
and a network that uses it may even learn. But one line is wrong.

No other exercise is so close to what you will meet: wrong gradients raise no
exception. A loss that falls proves nothing.

How to find it:

  - Check the file as it is. What is told is which of dx, dw and db is wrong,
    and with which options. A result that is wrong with a stride alone points
    to where the stride stands.
  - Go through the lines with the connection of exercise 14 in mind: which
    weight, which pixel, which error?
  - Take an example so small that you can work it out by hand, such as one
    image with a single row, and compare.

Mend the function fixed_backward. Do not write it anew: one line is enough.
"""


def fixed_backward(dy, x, w, stride=1, padding=0):
    """The gradients of the pictures, of the weights and of the biases.

    >>> fixed_backward([[[[1, 2]]]], [[[[1, 2, 3]]]], [[[[4, 5]]]])
    ([[[[4, 13, 10]]]], [[[[5, 8]]]], [3])
    """
    ### BEGIN SOLUTION
    X, W, dY, s, p = x, w, dy, stride, padding  # below, h and w are a pixel's row and column
    N, C, IH, IW = len(x), len(x[0]), len(x[0][0]), len(x[0][0][0])
    O, kH, kW = len(w), len(w[0][0]), len(w[0][0][0])
    OH, OW = len(dy[0][0]), len(dy[0][0][0])
    dX = [[[[0] * IW for _ in range(IH)] for _ in range(C)] for _ in range(N)]
    dW = [[[[0] * kW for _ in range(kH)] for _ in range(C)] for _ in range(O)]
    db = [0] * O

    # the weights
    for n in range(N):
        for o in range(O):
            for i in range(OH):
                for j in range(OW):
                    for c in range(C):
                        for u in range(kH):
                            for v in range(kW):
                                h, w = i * s + u - p, j * s + v - p
                                if 0 <= h < IH and 0 <= w < IW:
                                    dW[o][c][u][v] += dY[n][o][i][j] * X[n][c][h][w]

    # the biases
    for n in range(N):
        for o in range(O):
            for i in range(OH):
                for j in range(OW):
                    db[o] += dY[n][o][i][j]

    # the pictures
    for n in range(N):
        for o in range(O):
            for i in range(OH):
                for j in range(OW):
                    for c in range(C):
                        for u in range(kH):
                            for v in range(kW):
                                h, w = i * s + u - p, j * s + v - p
                                if 0 <= h < IH and 0 <= w < IW:
                                    dX[n][c][h][w] += dY[n][o][i][j] * W[o][c][u][v]
    return dX, dW, db
    ### END SOLUTION


### BEGIN HIDDEN TESTS
from backlit.equations import conv2d
from backlit.learn.parts import Bug, Checked

HINTS = (
    "Check it once: which of dx, dw and db are right? The three parts of the function are marked "
    "with comments.",
)
CONVOLUTION = conv2d(dilation=1, groups=1)  # whose loops these are
BUGS = (
    Bug(CONVOLUTION, "weight", "stride-forgotten"),
    Bug(CONVOLUTION, "input", "assigned-not-added"),
    Bug(CONVOLUTION, "input", "filter-not-turned"),
    Bug(CONVOLUTION, "bias", "one-image-only", "the first one"),
    Bug(CONVOLUTION, "input", "transposed", nth=2),
    Bug(CONVOLUTION, "weight", "batch-average-extra"),
    Bug(CONVOLUTION, "weight", "padding-forgotten", "in the columns only"),
    Bug(CONVOLUTION, "weight", "channels-mixed", "the first channel for all"),
)
PARTS = (
    Checked(
        "fixed_backward",
        "conv2d",
        ("dy", "x", "w", "stride", "padding"),
        "nchw",
        names=False,
    ),
)
POINTS = 3
### END HIDDEN TESTS
