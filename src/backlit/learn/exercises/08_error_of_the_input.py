"""The error of a pixel

The layer before also needs an error: how much does the loss change with each
number of x? Look at one pixel, the 5 in the middle:

    x  1 2 3     w  1 2     dy  1 0
       4 5 6        3 4         2 1
       7 8 9

Four windows cover it. In the first it met the weight 4, and the error there
is 1. In the one to the right it met 3 (error 0), in the one below 2 (error
2), in the last 1 (error 1). So its error is

    4·1 + 3·0 + 2·2 + 1·1 = 9

There is an easier way to write that. Do not ask each pixel which windows
cover it. Go through the windows instead, and let each one scatter: it lays
the filter, times its error, onto dx, and adds.

    after the first window:  1 2 0     after all:   1  2 0
                             3 4 0                  5  9 2
                             0 0 0                  6 11 4

Windows overlap, so several of them reach the same pixel. What they bring has
to be added up, with +=. To write = would keep what came last.

The picture itself is not needed. It was dy's size + w's size − 1 rows large.
Write input_gradient. It gives a list of rows.
"""


def input_gradient(dy, w):
    """The error of each pixel.

    >>> input_gradient([[1, 0], [2, 1]], [[1, 2], [3, 4]])
    [[1, 2, 0], [5, 9, 2], [6, 11, 4]]
    """
    ### BEGIN SOLUTION
    height, width = len(dy) + len(w) - 1, len(dy[0]) + len(w[0]) - 1
    dx = [[0] * width for _ in range(height)]
    for i in range(len(dy)):
        for j in range(len(dy[0])):
            for u in range(len(w)):
                for v in range(len(w[0])):
                    dx[i + u][j + v] += dy[i][j] * w[u][v]
    return dx
    ### END SOLUTION


### BEGIN HIDDEN TESTS
from backlit.learn.parts import Checked

HINTS = (
    "Begin with zeros, as many as the picture had pixels: len(dy) + len(w) − 1 rows.",
    "The same four loops as in the forward pass. Where it read x[i + u][j + v], dx[i + u][j + v] "
    "is now written.",
    "The innermost line is dx[i + u][j + v] += dy[i][j] * w[u][v].",
)
PARTS = (
    Checked(
        "input_gradient",
        "conv2d",
        ("dy", "w"),
        "hw",
        says={
            "filter-not-turned": "The filter lies the wrong way round. "
            "A scatter lays it down as it is: nothing is turned where each window brings its "
            "filter to the pixels that it covered.",
        },
    ),
)
### END HIDDEN TESTS
