"""The whole filter's gradient

Each weight of the filter gets its own gradient by the sum of the last
exercise. Together they are as large as the filter:

    x  1 2 3     dy  1 0     dw  14 18
       4 5 6         2 1         26 30
       7 8 9

    dw[0][0]:  1·1 + 2·0 + 4·2 + 5·1 = 14
    dw[0][1]:  2·1 + 3·0 + 5·2 + 6·1 = 18
    dw[1][0]:  4·1 + 5·0 + 7·2 + 8·1 = 26
    dw[1][1]:  5·1 + 6·0 + 8·2 + 9·1 = 30

If you look at it from far away, dy slides over the picture like a filter:
dw is a convolution again, of the picture with the error.

A picture of 3 rows and an error of 2 rows came from a filter of 3 − 2 + 1 = 2
rows. So dw has size of x − size of dy + 1 rows.

Write filter_gradient. It gives a list of rows.
"""


def filter_gradient(dy, x):
    """The gradient of each weight.

    >>> filter_gradient([[1, 0], [2, 1]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    [[14, 18], [26, 30]]
    """
    ### BEGIN SOLUTION
    kh, kw = len(x) - len(dy) + 1, len(x[0]) - len(dy[0]) + 1
    dw = [[0] * kw for _ in range(kh)]
    for u in range(kh):
        for v in range(kw):
            for i in range(len(dy)):
                for j in range(len(dy[0])):
                    dw[u][v] += dy[i][j] * x[i + u][j + v]
    return dw
    ### END SOLUTION


### BEGIN HIDDEN TESTS
from backlit.learn.parts import Checked

HINTS = (
    "Begin with a list of rows full of zeros, as large as the filter: "
    "dw = [[0] * kw for _ in range(kh)].",
    "Four loops: u and v over the weights, i and j over the places of the error.",
    "The innermost line is dw[u][v] += dy[i][j] * x[i + u][j + v].",
)
PARTS = (Checked("filter_gradient", "conv2d", ("dy", "x"), "hw"),)
### END HIDDEN TESTS
