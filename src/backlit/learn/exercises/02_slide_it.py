"""Slide it

The window now moves over the whole picture, one step at a time: to the right
until it meets the edge, then a row down and from the left again. At each
place it gives one number, by the sum of the first exercise. The filter stays
the same everywhere: this is what "shared weights" means.

    x   0  1  2  3      w   1 2      y   34 44 54
        4  5  6  7          3 4          74 84 94
        8  9 10 11

The first place:  0·1 + 1·2 + 4·3 + 5·4 = 34
One to the right: 1·1 + 2·2 + 5·3 + 6·4 = 44
One row down:     4·1 + 5·2 + 8·3 + 9·4 = 74

For y[i][j] the window begins at row i and column j of the picture. So the
weight w[u][v] meets the number x[i + u][j + v].

A window of 2 columns fits into 4 columns at 4 − 2 + 1 = 3 places, and in
general at size − kernel + 1 places.

Write slide. It gives a list of rows.
"""


def slide(x, w):
    """The filter's sum at each place of the picture.

    >>> slide([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]], [[1, 2], [3, 4]])
    [[34, 44, 54], [74, 84, 94]]
    """
    ### BEGIN SOLUTION
    y = []
    for i in range(len(x) - len(w) + 1):
        row = []
        for j in range(len(x[0]) - len(w[0]) + 1):
            total = 0
            for u in range(len(w)):
                for v in range(len(w[0])):
                    total += x[i + u][j + v] * w[u][v]
            row.append(total)
        y.append(row)
    return y
    ### END SOLUTION


### BEGIN HIDDEN TESTS
from backlit.learn.parts import Compared, WrongWay

HINTS = (
    "How many rows has the result? That many times the outermost loop runs: len(x) − len(w) + 1.",
    "Four loops: i and j over the places of the window, u and v over the places in it. "
    "The total begins with 0 for each i and j anew.",
    "The innermost line is total += x[i + u][j + v] * w[u][v]; after the loops over u and v "
    "the total goes to the end of a row.",
)


def _turned(x, w):
    return slide(x, [row[::-1] for row in w[::-1]])


def _average(x, w):
    return [[each / (len(w) * len(w[0])) for each in row] for row in slide(x, w)]


def _kept(x, w):
    total, y = 0, []
    for row in slide(x, w):
        y.append([])
        for each in row:
            total += each
            y[-1].append(total)
    return y


def _too_short(x, w):
    return [row[:-1] for row in slide(x, w)[:-1]]


def _jumping(x, w):
    return [row[:: len(w[0])] for row in slide(x, w)[:: len(w)]]


def _same_place(x, w):
    first = slide(x, w)[0][0]
    return [[first for _ in row] for row in slide(x, w)]


def _exchanged(x, w):
    return [list(column) for column in zip(*slide(x, w))]


def _last_product(x, w):
    last = w[-1][-1]
    kh, kw = len(w), len(w[0])
    return [
        [x[i + kh - 1][j + kw - 1] * last for j in range(len(x[0]) - kw + 1)]
        for i in range(len(x) - kh + 1)
    ]


PARTS = (
    Compared(
        slide,
        [
            ([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]], [[1, 2], [3, 4]]),
            ([[3, -1, 2, 0], [1, 4, -2, 5], [0, 2, 6, -3], [7, 1, 0, 2]], [[1, 0], [2, -1]]),
            ([[1, 2, 0, -1, 3], [4, 0, 2, 5, 1], [-2, 3, 1, 0, 6]], [[2, 1, 3], [0, -1, 1]]),
            ([[2, 7, 1], [8, 2, 8], [1, 8, 2]], [[3, -1, 4], [1, 5, -9], [2, 6, 5]]),
        ],
        [
            WrongWay(
                "The filter is turned by 180°. What the field calls a convolution lays it over "
                "the picture as it is.",
                _turned,
                "filter-turned",
            ),
            WrongWay(
                "These are averages of the products; each place gives their sum.",
                _average,
                "positions-averaged",
            ),
            WrongWay(
                "The total is carried from place to place: it has to begin with 0 at each.", _kept
            ),
            WrongWay(
                "The last row and the last column are missing: there are size − kernel + 1 "
                "places, not size − kernel.",
                _too_short,
                "last-row-forgotten",
            ),
            WrongWay(
                "The window jumps by its own size; here it moves one step at a time, so that "
                "windows overlap.",
                _jumping,
            ),
            WrongWay(
                "Every place shows the first window: i and j have to be added to u and v where "
                "x is read.",
                _same_place,
            ),
            WrongWay(
                "Rows and columns of the result are exchanged: the outer list holds rows.",
                _exchanged,
                "transposed",
            ),
            WrongWay(
                "At each place only the last product is left: = replaces, += adds.",
                _last_product,
                "assigned-not-added",
            ),
        ],
    ),
)
### END HIDDEN TESTS
