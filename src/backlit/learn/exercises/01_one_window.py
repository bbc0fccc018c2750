"""One window

A convolution looks at a picture through a small window. On the window lies a
filter: as many weights as the window has places. Each number in the window
is multiplied by the weight that lies on it, and all the products are added up.

    window   1 2      filter   0 1
             3 4               2 3

    1·0 + 2·1 + 3·2 + 4·3 = 20

Nothing is turned and nothing is divided: the first weight meets the first
number, and what comes out is one number, the sum.

Here x and w are lists of rows, such as [[1, 2], [3, 4]], of the same size.
x[i][j] is the number in row i and column j; both count from 0.

Write one_window.
"""


def one_window(x, w):
    """The sum of each number of a window times the weight on it.

    >>> one_window([[1, 2], [3, 4]], [[0, 1], [2, 3]])
    20
    """
    ### BEGIN SOLUTION
    total = 0
    for i in range(len(w)):
        for j in range(len(w[0])):
            total += x[i][j] * w[i][j]
    return total
    ### END SOLUTION


### BEGIN HIDDEN TESTS
from backlit.learn.parts import Compared, WrongWay

HINTS = (
    "Begin with total = 0, and add to it.",
    "Two loops, one inside the other: for i in range(len(w)), and for j in range(len(w[0])).",
    "Inside of both loops stands one line: total += x[i][j] * w[i][j].",
)


def _average(x, w):
    return one_window(x, w) / (len(w) * len(w[0]))


def _quarter(x, w):
    return one_window(x, w) / 4


def _two_by_two(x, w):
    return one_window(x, [row[:2] for row in w[:2]])


def _last(x, w):
    return x[-1][-1] * w[-1][-1]


def _turned(x, w):
    return one_window(x, [row[::-1] for row in w[::-1]])


def _transposed(x, w):
    return sum(x[i][j] * w[j][i] for i in range(len(w)) for j in range(len(w[0])))


def _first_row(x, w):
    return one_window(x[:1], w[:1])


def _numbers_only(x, w):
    return sum(map(sum, x))


def _diagonal(x, w):
    return sum(x[i][i] * w[i][i] for i in range(min(len(w), len(w[0]))))


def _separate_sums(x, w):
    return sum(map(sum, x)) * sum(map(sum, w))


def _without_last(x, w):
    return one_window(x[:-1], [row[:-1] for row in w[:-1]]) if len(w) > 1 else 0


PARTS = (
    Compared(
        one_window,
        [
            ([[1, 2], [3, 4]], [[0, 1], [2, 3]]),
            ([[5, -1, 2], [0, 3, 4]], [[1, 2, 0], [-1, 1, 3]]),
            ([[2, 1], [0, 5], [-3, 4]], [[1, -2], [3, 0], [2, 2]]),
        ],
        [
            WrongWay(
                "This is the average of the products; what a window gives is their sum.",
                _average,
                "positions-averaged",
            ),
            WrongWay(
                "This is the sum divided by 4, an average in windows of 2×2; what a window gives "
                "is the sum itself.",
                _quarter,
                "positions-averaged",
            ),
            WrongWay(
                "This adds up 2 rows and 2 columns, whatever the filter's size: len(w) is the "
                "number of its rows, len(w[0]) that of its columns.",
                _two_by_two,
            ),
            WrongWay(
                "This is the last product alone: = replaces what was there, += adds to it.",
                _last,
                "assigned-not-added",
            ),
            WrongWay(
                "The filter is turned by 180° here. In a CNN it lies on the window as it is: "
                "the first weight meets the first number.",
                _turned,
                "filter-turned",
            ),
            WrongWay(
                "Rows and columns of the filter are exchanged: x[i][j] belongs to w[i][j].",
                _transposed,
                "transposed",
            ),
            WrongWay("This is the first row alone; all rows belong to the window.", _first_row),
            WrongWay("The weights are not used: each number is multiplied by one.", _numbers_only),
            WrongWay(
                "This is the diagonal alone: the row and the column need a loop each.", _diagonal
            ),
            WrongWay(
                "Here all numbers are added up, then all weights, and then the sums are "
                "multiplied; each number belongs to one weight.",
                _separate_sums,
            ),
            WrongWay(
                "The last row and column are missing: range(n) ends at n − 1 by itself.",
                _without_last,
                "last-row-forgotten",
            ),
        ],
    ),
)
### END HIDDEN TESTS
