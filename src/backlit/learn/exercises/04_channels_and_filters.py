"""All channels, several filters

A colored picture has three channels: three arrays of rows, one for red, one
for green, one for blue. A filter then has a slice for each channel. The
products of all slices are added up to one number, not to three:

    channel 0  1 2     slice 0  1 0        1·1 + 2·0 + 3·0 + 4·1 = 5
               3 4              0 1
    channel 1  5 6     slice 1  0 1        5·0 + 6·1 + 7·1 + 8·0 = 13
               7 8              1 0

    together, with a bias of 2:            5 + 13 + 2 = 20

So a filter sees all channels and makes one map. Several filters make several
maps. Each filter has one bias, which is added to every number of its map,
once, not once for each channel.

    x[c][h][w]        the picture: channel, row, column
    w[o][c][u][v]     the weights: filter, channel, row, column
    b[o]              the biases
    y[o][i][j]        the result: one map for each filter

Write conv_forward. The stride is 1 and there is no padding.
"""


def conv_forward(x, w, b):
    """The maps of all filters.

    >>> conv_forward([[[1, 2], [3, 4]], [[5, 6], [7, 8]]],
    ...              [[[[1, 0], [0, 1]], [[0, 1], [1, 0]]]], [2])
    [[[20]]]
    """
    ### BEGIN SOLUTION
    y = []
    for o in range(len(w)):
        kh, kw = len(w[o][0]), len(w[o][0][0])
        rows = []
        for i in range(len(x[0]) - kh + 1):
            row = []
            for j in range(len(x[0][0]) - kw + 1):
                total = b[o]
                for c in range(len(x)):
                    for u in range(kh):
                        for v in range(kw):
                            total += x[c][i + u][j + v] * w[o][c][u][v]
                row.append(total)
            rows.append(row)
        y.append(rows)
    return y
    ### END SOLUTION


### BEGIN HIDDEN TESTS
from backlit.learn.parts import Checked

HINTS = (
    "Six loops: o over the filters, i and j over the places, then c, u and v, over which the "
    "products are added up.",
    "The total of a place begins with the filter's bias: total = b[o].",
    "The innermost line is total += x[c][i + u][j + v] * w[o][c][u][v].",
)
PARTS = (Checked("conv_forward", "conv2d", ("x", "w", "b"), "chw"),)
### END HIDDEN TESTS
