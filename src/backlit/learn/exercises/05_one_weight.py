"""One weight's gradient

Now backward. The loss is one number that says how wrong the network was. The
error dy[i][j] says how much the loss grows when y[i][j] grows by 1. Which
change of one weight, w[u][v], would change the loss, and how much?

The weight was used at every place of the window. At place i, j it was
multiplied by x[i + u][j + v]. If the weight grows by 1, then y[i][j] grows by
that number, and the loss by dy[i][j] times that number. All places together:

    x  1 2 3     dy  1 0     for the weight w[0][1]:
       4 5 6         2 1
       7 8 9                 2·1 + 3·0 + 5·2 + 6·1 = 18

The numbers that the weight met are x moved by 0 rows and 1 column. It is one
weight at four places, so it collects four products, and it collects their
sum: not their average, and not the last one.

Write one_weight. It gives the gradient of the weight in row u, column v.
"""


def one_weight(dy, x, u, v):
    """How much the loss changes with the weight in row u and column v of the filter.

    >>> one_weight([[1, 0], [2, 1]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]], 0, 1)
    18
    """
    ### BEGIN SOLUTION
    total = 0
    for i in range(len(dy)):
        for j in range(len(dy[0])):
            total += dy[i][j] * x[i + u][j + v]
    return total
    ### END SOLUTION


### BEGIN HIDDEN TESTS
from backlit.learn.parts import Compared, WrongWay

HINTS = (
    "The loops run over all places of the window, so over the rows and columns of dy.",
    "Which number of the picture met the weight w[u][v] at place i, j? Look at exercise 2.",
    "Inside of both loops: total += dy[i][j] * x[i + u][j + v].",
)


def _average(dy, x, u, v):
    return one_weight(dy, x, u, v) / (len(dy) * len(dy[0]))


def _last(dy, x, u, v):
    i, j = len(dy) - 1, len(dy[0]) - 1
    return dy[i][j] * x[i + u][j + v]


def _exchanged(dy, x, u, v):
    return sum(dy[i][j] * x[i + v][j + u] for i in range(len(dy)) for j in range(len(dy[0])))


def _unmoved(dy, x, u, v):
    return one_weight(dy, x, 0, 0)


def _turned(dy, x, u, v):
    return one_weight(dy, x, len(x) - len(dy) - u, len(x[0]) - len(dy[0]) - v)


def _negative(dy, x, u, v):
    return -one_weight(dy, x, u, v)


def _without_error(dy, x, u, v):
    return one_weight([[1] * len(row) for row in dy], x, u, v)


def _error_turned(dy, x, u, v):
    return one_weight([row[::-1] for row in dy[::-1]], x, u, v)


def _first(dy, x, u, v):
    return dy[0][0] * x[u][v]


def _errors_only(dy, x, u, v):
    return sum(map(sum, dy))


_X = [[3, 1, -4, 1], [5, -9, 2, 6], [5, 3, 5, -8], [9, 7, 9, 3]]
_DY = [[2, -1, 3], [0, 4, 1]]
PARTS = (
    Compared(
        one_weight,
        [
            ([[1, 0], [2, 1]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]], 0, 1),
            ([[1, 0], [2, 1]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]], 1, 1),
            (_DY, _X, 1, 0),
            (_DY, _X, 2, 1),
            ([[7, 2], [1, -3], [2, 2]], _X, 0, 1),
        ],
        [
            WrongWay(
                "This is the average of the products, but a shared weight collects their sum: "
                "each use adds its part.",
                _average,
                "positions-averaged",
            ),
            WrongWay(
                "This is the last place alone; the weight was used at all of them.",
                _last,
                "assigned-not-added",
            ),
            WrongWay("This is the first place alone; the weight was used at all of them.", _first),
            WrongWay(
                "u and v are exchanged: u moves down by rows, v to the right by columns.",
                _exchanged,
                "transposed",
            ),
            WrongWay(
                "This is the gradient of w[0][0], whichever weight is asked for: u and v have "
                "to be added where x is read.",
                _unmoved,
            ),
            WrongWay(
                "This is the gradient of the weight on the other side of the filter, as if it "
                "were turned by 180°. Nothing was turned on the way forward, so nothing is here.",
                _turned,
                "filter-turned",
            ),
            WrongWay(
                "The sign is reversed: the minus belongs to the update w −= η·dw alone.",
                _negative,
                "sign",
            ),
            WrongWay(
                "The error is not used: each number of the picture counts as much as the error "
                "at its place.",
                _without_error,
                "error-ignored",
            ),
            WrongWay(
                "The error is turned by 180°: dy[i][j] belongs to x[i + u][j + v].",
                _error_turned,
                "filter-turned",
            ),
            WrongWay(
                "The picture is not used: this is the bias's gradient. A weight counts as much "
                "as the number that it was multiplied by.",
                _errors_only,
                "wrong-operand",
            ),
        ],
    ),
)
### END HIDDEN TESTS
