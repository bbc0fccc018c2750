"""ReLU and the max pool, backward

Neither of them has weights, so there is nothing to learn. Both pass the error
on, but not everywhere.

A ReLU gives z where z > 0, and otherwise 0. Where it gave z, its slope is 1:
the error passes. Where it gave 0, the slope is 0: the error stops. At z = 0
exactly the slope is a convention, and here, as nearly everywhere, it is 0.

    z  3 −1 0     dy  5 7 2     dx  5 0 0

A max pool gives the largest number of each window. Only that one reached the
output, so only that one gets the error, all of it.

    x  1 5 2     windows of 2×2, stride 1
       4 3 9
       0 9 6     y  5 9     dy  10 20     dx  0 10   0
                    9 9         30 40         0  0  60
                                              0 30   0

The 9 at the right won two windows, so both errors are added: 20 + 40 = 60.
In the last window two nines are equal. One of them wins: the first, row by
row from the left. To give the error to both would count it twice.

Write relu_gradient and max_pool_gradient. x and dy are lists of rows.
"""


def relu_gradient(dy, x):
    """The error behind a ReLU; x is what went in.

    >>> relu_gradient([[5, 7, 2]], [[3, -1, 0]])
    [[5, 0, 0]]
    """
    ### BEGIN SOLUTION
    return [[dy[i][j] if x[i][j] > 0 else 0 for j in range(len(x[0]))] for i in range(len(x))]
    ### END SOLUTION


def max_pool_gradient(dy, x, size, stride):
    """The error behind a max pool with square windows of that size.

    >>> max_pool_gradient([[10, 20], [30, 40]], [[1, 5, 2], [4, 3, 9], [0, 9, 6]], 2, 1)
    [[0, 10, 0], [0, 0, 60], [0, 30, 0]]
    """
    ### BEGIN SOLUTION
    dx = [[0] * len(x[0]) for _ in range(len(x))]
    for i in range(len(dy)):
        for j in range(len(dy[0])):
            best = None
            for row in range(i * stride, i * stride + size):
                for column in range(j * stride, j * stride + size):
                    if best is None or x[row][column] > x[best[0]][best[1]]:
                        best = row, column
            dx[best[0]][best[1]] += dy[i][j]
    return dx
    ### END SOLUTION


### BEGIN HIDDEN TESTS
from backlit.learn.parts import Checked

HINTS = (
    "The ReLU asks x, not dy: dy[i][j] if x[i][j] > 0 else 0.",
    "For each window of the pool, look for the row and column of its largest number first, and "
    "remember both.",
    "A number is a new winner only if it is larger (>), not if it is equal: so the first of "
    "equals stays.",
    "Then one line for each window: dx[best_row][best_column] += dy[i][j], with +=, since "
    "windows overlap.",
)
PARTS = (
    Checked("relu_gradient", "relu", ("dy", "x"), "nf"),
    Checked("max_pool_gradient", "max_pool2d", ("dy", "x", "kernel_size", "stride"), "hw"),
)
### END HIDDEN TESTS
