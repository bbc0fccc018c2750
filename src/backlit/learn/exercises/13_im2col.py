"""im2col and col2im

Libraries write a convolution as one product of matrices, since computers are
fast at these. im2col lays each window into a row of a table:

    x  1 2 3     windows of 2×2     1 2 4 5
       4 5 6                        2 3 5 6
       7 8 9                        4 5 7 8
                                    5 6 8 9

The filter, laid out as 1 2 3 4, times each row gives all of y at once. The
5 stands in all four rows, because four windows cover it.

On the way back each of these copies has an error, and col2im brings them
home: every entry goes to the pixel it was copied from, and what arrives at
the same pixel is added up. With the table above as errors the pixel in the
middle gets

    5 + 5 + 5 + 5 = 20

So col2im(im2col(x)) is not x: it is x times the number of windows over each
pixel. col2im is the adjoint of im2col, not its inverse, and the += is what
makes the difference.

Write im2col and col2im, for the stride 1. The rows of the table are in the
order of the places: along the rows of the picture first.
"""


def im2col(x, kh, kw):
    """Each window of kh rows and kw columns as one row.

    >>> im2col([[1, 2, 3], [4, 5, 6]], 2, 2)
    [[1, 2, 4, 5], [2, 3, 5, 6]]
    """
    ### BEGIN SOLUTION
    table = []
    for i in range(len(x) - kh + 1):
        for j in range(len(x[0]) - kw + 1):
            table.append([x[i + u][j + v] for u in range(kh) for v in range(kw)])
    return table
    ### END SOLUTION


def col2im(table, height, width, kh, kw):
    """Bring each entry of the table home to its pixel, and add up.

    >>> col2im([[1, 2, 4, 5], [2, 3, 5, 6]], 2, 3, 2, 2)
    [[1, 4, 3], [4, 10, 6]]
    """
    ### BEGIN SOLUTION
    x = [[0] * width for _ in range(height)]
    places = [(i, j) for i in range(height - kh + 1) for j in range(width - kw + 1)]
    for (i, j), row in zip(places, table):
        for u in range(kh):
            for v in range(kw):
                x[i + u][j + v] += row[u * kw + v]
    return x
    ### END SOLUTION


### BEGIN HIDDEN TESTS
from backlit.learn.parts import Compared, WrongWay

HINTS = (
    "im2col: two loops over the places; each adds one row, [x[i + u][j + v] for u in range(kh) "
    "for v in range(kw)].",
    "col2im: the same loops. Row number i·(places in a row) + j of the table belongs to place "
    "i, j, and entry u·kw + v of it to x[i + u][j + v].",
    "It begins with zeros and adds: x[i + u][j + v] += table[…][…].",
)


def _columns(x, kh, kw):
    return [list(column) for column in zip(*im2col(x, kh, kw))]


def _places_down_first(x, kh, kw):
    return [
        [x[i + u][j + v] for u in range(kh) for v in range(kw)]
        for j in range(len(x[0]) - kw + 1)
        for i in range(len(x) - kh + 1)
    ]


def _entries_down_first(x, kh, kw):
    return [
        [x[i + u][j + v] for v in range(kw) for u in range(kh)]
        for i in range(len(x) - kh + 1)
        for j in range(len(x[0]) - kw + 1)
    ]


def _apart(x, kh, kw):
    return [
        [x[i + u][j + v] for u in range(kh) for v in range(kw)]
        for i in range(0, len(x) - kh + 1, kh)
        for j in range(0, len(x[0]) - kw + 1, kw)
    ]


def _nested(x, kh, kw):
    return [[row[k * kw : (k + 1) * kw] for k in range(kh)] for row in im2col(x, kh, kw)]


def _assigned(table, height, width, kh, kw):
    x = [[0] * width for _ in range(height)]
    rows = iter(table)
    for i in range(height - kh + 1):
        for j in range(width - kw + 1):
            row = next(rows)
            for u in range(kh):
                for v in range(kw):
                    x[i + u][j + v] = row[u * kw + v]
    return x


def _inverse(table, height, width, kh, kw):
    total = col2im(table, height, width, kh, kw)
    count = col2im([[1] * len(row) for row in table], height, width, kh, kw)
    return [[a / b for a, b in zip(p, q)] for p, q in zip(total, count)]


def _row_of_rows(table, height, width, kh, kw):
    x = [[0] * width for _ in range(height)]
    rows = iter(table)
    for i in range(height - kh + 1):
        for j in range(width - kw + 1):
            row = next(rows)
            for u in range(kh):
                for v in range(kw):
                    x[i + u][j + v] += row[v * kh + u]
    return x


_X = [[3, 1, -4, 1], [5, -9, 2, 6], [5, 3, 5, -8]]
PARTS = (
    Compared(
        im2col,
        [
            ([[1, 2, 3], [4, 5, 6]], 2, 2),
            ([[1, 2, 3], [4, 5, 6], [7, 8, 9]], 2, 2),
            (_X, 2, 3),
            (_X, 1, 2),
        ],
        [
            WrongWay(
                "Rows and columns of the table are exchanged: here each window is one row.",
                _columns,
                "transposed",
            ),
            WrongWay(
                "The windows come in another order: along the rows of the picture first, so the "
                "loop over j is the inner one.",
                _places_down_first,
            ),
            WrongWay(
                "Within a window the numbers come in another order: row by row, so the loop over "
                "v is the inner one.",
                _entries_down_first,
                "transposed",
            ),
            WrongWay(
                "The windows stand beside each other; with stride 1 they overlap.",
                _apart,
            ),
            WrongWay("Each window is still a list of rows; lay them into one row.", _nested),
        ],
    ),
    Compared(
        col2im,
        [
            ([[1, 2, 4, 5], [2, 3, 5, 6]], 2, 3, 2, 2),
            ([[1, 2, 4, 5], [2, 3, 5, 6], [4, 5, 7, 8], [5, 6, 8, 9]], 3, 3, 2, 2),
            ([[3, 1, -4, 5, -9, 2], [1, -4, 1, -9, 2, 6]], 2, 4, 2, 3),
            ([[1, 2], [3, 4], [5, 6], [7, 8]], 2, 3, 1, 2),
        ],
        [
            WrongWay(
                "= keeps what came last to a pixel; several windows cover it, so what they bring "
                "is added: +=.",
                _assigned,
                "assigned-not-added",
            ),
            WrongWay(
                "This divides by the number of windows over a pixel, as if the picture were to "
                "be restored. Errors add up: col2im is the adjoint of im2col, not its inverse.",
                _inverse,
                "positions-averaged",
            ),
            WrongWay(
                "Within a row of the table the numbers lie row by row: entry u·kw + v, not "
                "v·kh + u.",
                _row_of_rows,
                "transposed",
            ),
        ],
    ),
)
### END HIDDEN TESTS
