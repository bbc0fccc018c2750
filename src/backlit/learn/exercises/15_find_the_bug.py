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
    images, channels, height, width = len(x), len(x[0]), len(x[0][0]), len(x[0][0][0])
    filters, kh, kw = len(w), len(w[0][0]), len(w[0][0][0])
    dx = [[[[0] * width for _ in range(height)] for _ in range(channels)] for _ in range(images)]
    dw = [[[[0] * kw for _ in range(kh)] for _ in range(channels)] for _ in range(filters)]
    db = [0] * filters

    # the weights
    for o in range(filters):
        for c in range(channels):
            for u in range(kh):
                for v in range(kw):
                    total = 0
                    for n in range(images):
                        for i in range(len(dy[n][o])):
                            for j in range(len(dy[n][o][i])):
                                row = i * stride + u - padding
                                column = j * stride + v - padding
                                if 0 <= row < height and 0 <= column < width:
                                    total += dy[n][o][i][j] * x[n][c][row][column]
                    dw[o][c][u][v] = total

    # the biases
    for o in range(filters):
        for n in range(images):
            db[o] += sum(sum(line) for line in dy[n][o])

    # the pictures
    for n in range(images):
        for o in range(filters):
            for i in range(len(dy[n][o])):
                for j in range(len(dy[n][o][i])):
                    top, left = i * stride - padding, j * stride - padding
                    for c in range(channels):
                        for u in range(kh):
                            for v in range(kw):
                                if 0 <= top + u < height and 0 <= left + v < width:
                                    dx[n][c][top + u][left + v] += dy[n][o][i][j] * w[o][c][u][v]
    return dx, dw, db
    ### END SOLUTION


### BEGIN HIDDEN TESTS
from backlit.learn.parts import Bug, Checked

HINTS = (
    "Check it once: which of dx, dw and db are right? The three parts of the function are marked "
    "with comments.",
)
BUGS = (
    Bug("stride-forgotten", "row = i * stride + u", "row = i + u", "dw"),
    Bug("assigned-not-added", "[left + v] += dy", "[left + v] = dy", "dx"),
    Bug(
        "filter-not-turned",
        "dy[n][o][i][j] * w[o][c][u][v]",
        "dy[n][o][i][j] * w[o][c][kh - 1 - u][kw - 1 - v]",
        "dx",
    ),
    Bug("one-image-only", "db[o] += sum", "db[o] = sum", "db"),
    Bug(
        "transposed",
        "dx[n][c][top + u][left + v] += dy[n][o][i][j] * w[o][c][u][v]",
        "dx[n][c][top + u][left + v] += dy[n][o][i][j] * w[o][c][v][u]",
        "dx",
    ),
    Bug(
        "batch-average-extra",
        "dw[o][c][u][v] = total",
        "dw[o][c][u][v] = total / images",
        "dw",
    ),
    Bug("padding-forgotten", "column = j * stride + v - padding", "column = j * stride + v", "dw"),
    Bug("channels-mixed", "x[n][c][row]", "x[n][0][row]", "dw"),
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
