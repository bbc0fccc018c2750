"""How large is the output?

Two settings change how many places a window has.

Padding p lays p rows of zeros above and p below the picture, and p columns on
its left and on its right. A picture of 5 rows with padding 1 has
5 + 2·1 = 7 rows.

Stride s is how far the window moves in one step. With stride 2 it stands at
row 0, then at row 2, then at row 4.

    5 rows, window of 3, stride 2, no padding:

    row  0 1 2 3 4
         [ . . ]          place 0 begins at row 0
             [ . . ]      place 1 begins at row 2

The last possible beginning is row 5 − 3 = 2. Steps of 2 reach 2 // 2 = 1 of
them after the first, which makes 1 + 1 = 2 places.

With 6 rows the last possible beginning would be row 6 − 3 = 3. A step of 2
does not get there: 3 // 2 = 1, so there are 2 places again and one row stays
over, which no window ever sees. Such a remainder is where many programs fail.

    size = (rows + 2·padding − kernel) // stride + 1

Write output_size. It gives a whole number.
"""


def output_size(size, kernel, stride, padding):
    """At how many places a window fits, along rows or along columns.

    >>> output_size(5, kernel=3, stride=2, padding=0)
    2
    >>> output_size(28, kernel=5, stride=1, padding=2)
    28
    """
    ### BEGIN SOLUTION
    return (size + 2 * padding - kernel) // stride + 1
    ### END SOLUTION


### BEGIN HIDDEN TESTS
from backlit.learn.parts import Compared, WrongWay

HINTS = (
    "How many rows are there with the padding, above and below?",
    "At which row can the last window begin? Divide that by the stride, rounded down.",
    "The first place, at row 0, has to be counted, too: + 1.",
)

PARTS = (
    Compared(
        output_size,
        [
            (5, 3, 1, 0),
            (5, 3, 2, 0),
            (6, 3, 2, 0),
            (5, 3, 1, 1),
            (28, 5, 1, 2),
            (7, 2, 3, 0),
            (8, 3, 2, 1),
            (3, 3, 1, 0),
            (11, 4, 5, 2),
        ],
        [
            WrongWay(
                "The + 1 is missing: the place at row 0 counts, too.",
                lambda size, kernel, stride, padding: (size + 2 * padding - kernel) // stride,
                "last-row-forgotten",
            ),
            WrongWay(
                "The padding is counted once; it lies on both sides.",
                lambda size, kernel, stride, padding: (size + padding - kernel) // stride + 1,
            ),
            WrongWay(
                "The padding is forgotten.",
                lambda size, kernel, stride, padding: (size - kernel) // stride + 1,
                "padding-forgotten",
            ),
            WrongWay(
                "The stride is forgotten: the window moves by s rows, so there are fewer places.",
                lambda size, kernel, stride, padding: size + 2 * padding - kernel + 1,
                "stride-forgotten",
            ),
            WrongWay(
                "This rounds up; a window that would hang over the edge is no place, so it is "
                "rounded down.",
                lambda size, kernel, stride, padding: (
                    -(-(size + 2 * padding - kernel) // stride) + 1
                ),
                "remainder-ignored",
            ),
            WrongWay(
                "/ gives fractions of places; // rounds down to whole ones.",
                lambda size, kernel, stride, padding: (size + 2 * padding - kernel) / stride + 1,
            ),
            WrongWay(
                "The kernel is forgotten: a window of k rows has fewer places than there are rows.",
                lambda size, kernel, stride, padding: (size + 2 * padding - 1) // stride + 1,
            ),
            WrongWay(
                "The 1 belongs outside of the division: + 1 after // stride.",
                lambda size, kernel, stride, padding: (size + 2 * padding - kernel + 1) // stride,
            ),
        ],
    ),
)
### END HIDDEN TESTS
