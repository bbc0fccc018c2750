"""Stride and padding, backward

With a stride s, the window of y[i][j] begins at row i·s, not at row i. With
padding p it begins p rows higher: at row i·s − p of the picture. So on the
way forward w[u][v] met the pixel

    h = i·s − p + u        in row h
    w = j·s − p + v        and column w

    6 columns, window of 3, stride 2, padding 1, place j = 0:

    column  −1  0  1  2  3  4  5
            [.  .  .]                 it begins at 0·2 − 1 = −1

On the way back nothing else happens. The same weight meets the same pixel, so
the same h and w stand there. Two things need care:

  - A place outside of the picture is padding. It held 0, so it adds nothing
    to dw, and it has no error of its own: leave it out.
  - A row that no window reached (the remainder of exercise 3) still belongs
    to the picture. Its error is 0, and dx is as large as x.

Many programs forget the stride on the way back, and still learn something.
Only the numbers show it.

Write strided_gradients. It gives dx and dw.
"""


def strided_gradients(dy, x, w, stride=1, padding=0):
    """The gradients of the picture and of the filter.

    >>> strided_gradients([[1, 2]], [[1, 2, 3, 4]], [[5, 6]], stride=2)
    ([[5, 6, 10, 12]], [[7, 10]])
    """
    ### BEGIN SOLUTION
    dx = [[0] * len(x[0]) for _ in range(len(x))]
    dw = [[0] * len(w[0]) for _ in range(len(w))]
    for i in range(len(dy)):
        for j in range(len(dy[0])):
            for u in range(len(w)):
                for v in range(len(w[0])):
                    row = i * stride - padding + u
                    column = j * stride - padding + v
                    if 0 <= row < len(x) and 0 <= column < len(x[0]):
                        dx[row][column] += dy[i][j] * w[u][v]
                        dw[u][v] += dy[i][j] * x[row][column]
    return dx, dw
    ### END SOLUTION


### BEGIN HIDDEN TESTS
from backlit.learn.parts import Checked

HINTS = (
    "dx is as large as x and dw as large as w; both begin with zeros.",
    "Four loops as before; compute row = i * stride − padding + u and the column likewise.",
    "if 0 <= row < len(x) and 0 <= column < len(x[0]): then both dx[row][column] and dw[u][v] "
    "get their product. Python's x[−1] is the last row, so the question is needed.",
)
PARTS = (Checked("strided_gradients", "conv2d", ("dy", "x", "w", "stride", "padding"), "hw"),)
POINTS = 2
### END HIDDEN TESTS
