"""The same with the turned filter

Books write the error of the input in another way: as a convolution of the
error with the filter turned by 180°. It is the same sum, in another order.

    w  1 2     turned  4 3     dy with a border   0 0 0 0
       3 4             2 1     of zeros           0 1 0 0
                                                  0 2 1 0
                                                  0 0 0 0

Slide the turned filter over the framed error, as in exercise 2. In the second
row and the second column of the result the window holds 1 0 over 2 1:

    1·4 + 0·3 + 2·2 + 1·1 = 9

That is the error of the pixel in the middle, as before. Why turned? The first
window that covers a pixel has it at its end, where the last weight lies; the
last window has it at its beginning. Seen from the pixel, the weights come in
reverse order. Nothing but that: no filter is turned on the way forward.

The border is as wide as the filter's size − 1, on every side, so that also
the pixels at the edge meet all windows that cover them. Such a convolution is
called "full".

Write full_input_gradient: frame, turn, slide. correlate is given to you.
"""


def correlate(x, w):
    """The filter's sum at each place, as in exercise 2."""
    return [
        [
            sum(x[i + u][j + v] * w[u][v] for u in range(len(w)) for v in range(len(w[0])))
            for j in range(len(x[0]) - len(w[0]) + 1)
        ]
        for i in range(len(x) - len(w) + 1)
    ]


def full_input_gradient(dy, w):
    """The error of each pixel, by the turned filter.

    >>> full_input_gradient([[1, 0], [2, 1]], [[1, 2], [3, 4]])
    [[1, 2, 0], [5, 9, 2], [6, 11, 4]]
    """
    ### BEGIN SOLUTION
    above, aside = len(w) - 1, len(w[0]) - 1
    empty = [0] * (len(dy[0]) + 2 * aside)
    framed = [empty] * above
    framed = framed + [[0] * aside + row + [0] * aside for row in dy]
    framed = framed + [empty] * above
    turned = [row[::-1] for row in w[::-1]]
    return correlate(framed, turned)
    ### END SOLUTION


### BEGIN HIDDEN TESTS
from backlit.learn.parts import Checked

HINTS = (
    "w[::-1] has the rows in reverse order, and row[::-1] has one row in reverse order. Turning "
    "by 180° takes both.",
    "A row of the framed error is [0] * n + row + [0] * n, with n = len(w[0]) − 1.",
    "Above and below come len(w) − 1 rows of zeros; then return correlate(framed, turned).",
)
PARTS = (Checked("full_input_gradient", "conv2d", ("dy", "w"), "hw"),)
### END HIDDEN TESTS
