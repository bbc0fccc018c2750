"""The whole backward pass

You have written all of its parts. Now they come together: several images,
channels and filters, a stride and a padding.

    x[n][c][h][w]       the pictures: image, channel, row, column
    w[o][c][u][v]       the weights: filter, channel, row, column
    dy[n][o][i][j]      the error: image, filter, row, column

Every connection joins one weight, one pixel and one output. On the way
forward it brought

    y[n][o][i][j] += w[o][c][u][v] * x[n][c][i·s − p + u][j·s − p + v]

and on the way back the same connection brings the error to both of its ends:

    dw[o][c][u][v]    += dy[n][o][i][j] * (the pixel)
    dx[n][c][row][col] += dy[n][o][i][j] * (the weight)

A gradient is always the product of the two other things that meet in the
connection. All that is left is to visit every connection once, and to add.

Each dw[o][c][u][v] adds up over images and places. Each dx[n][c][h][w] adds
up over filters and the windows that cover it. Each db[o] adds up the errors
of its map in all images.

Write conv_backward. It gives dx, dw and db.
"""


def conv_backward(dy, x, w, stride=1, padding=0):
    """The gradients of the pictures, of the weights and of the biases.

    >>> conv_backward([[[[1, 2]]]], [[[[1, 2, 3]]]], [[[[4, 5]]]])
    ([[[[4, 13, 10]]]], [[[[5, 8]]]], [3])
    """
    ### BEGIN SOLUTION
    height, width = len(x[0][0]), len(x[0][0][0])
    dx = [[[[0] * width for _ in range(height)] for _ in image] for image in x]
    dw = [[[[0] * len(row) for row in part] for part in kernel] for kernel in w]
    db = [0] * len(w)
    for n in range(len(x)):
        for o in range(len(w)):
            for i in range(len(dy[n][o])):
                for j in range(len(dy[n][o][i])):
                    error = dy[n][o][i][j]
                    db[o] += error
                    for c in range(len(w[o])):
                        for u in range(len(w[o][c])):
                            for v in range(len(w[o][c][u])):
                                row = i * stride - padding + u
                                column = j * stride - padding + v
                                if 0 <= row < height and 0 <= column < width:
                                    dw[o][c][u][v] += error * x[n][c][row][column]
                                    dx[n][c][row][column] += error * w[o][c][u][v]
    return dx, dw, db
    ### END SOLUTION


### BEGIN HIDDEN TESTS
from backlit.learn.parts import Checked

HINTS = (
    "Three results full of zeros: dx in the shape of x, dw in the shape of w, db with a number "
    "for each filter. [[[0] * 3] * 3] would hold the same row three times: use "
    "[[0] * width for _ in range(height)].",
    "Seven loops: n, o, i, j, and inside of them c, u, v.",
    "row = i * stride − padding + u and column = j * stride − padding + v; leave out what lies "
    "outside of the picture.",
    "db[o] += dy[n][o][i][j] stands outside of the loops over c, u and v.",
)
PARTS = (Checked("conv_backward", "conv2d", ("dy", "x", "w", "stride", "padding"), "nchw"),)
POINTS = 3
### END HIDDEN TESTS
