"""The convolution as textbooks write it: seven nested loops, one product at a time.

The peer that the book's own loops are measured against: same language, same lists, same numbers.
"""

from __future__ import annotations

from typing import Any


def conv2d_forward(x: Any, w: Any, b: Any, padding: int) -> Any:
    filters, channels, kernel = len(w), len(w[0]), len(w[0][0])
    height, width = len(x[0][0]), len(x[0][0][0])
    rows, columns = (size + 2 * padding - kernel + 1 for size in (height, width))
    y = [[[[0.0] * columns for _ in range(rows)] for _ in w] for _ in x]
    for n in range(len(x)):
        for o in range(filters):
            for i in range(rows):
                for j in range(columns):
                    total = b[o]
                    for c in range(channels):
                        for u in range(kernel):
                            for v in range(kernel):
                                a, e = i + u - padding, j + v - padding
                                if 0 <= a < height and 0 <= e < width:
                                    total += w[o][c][u][v] * x[n][c][a][e]
                    y[n][o][i][j] = total
    return y


def conv2d_backward(dy: Any, x: Any, w: Any, padding: int) -> Any:
    filters, channels, kernel = len(w), len(w[0]), len(w[0][0])
    height, width = len(x[0][0]), len(x[0][0][0])
    dx = [[[[0.0] * width for _ in range(height)] for _ in range(channels)] for _ in x]
    dw = [[[[0.0] * kernel for _ in range(kernel)] for _ in range(channels)] for _ in w]
    db = [0.0] * filters
    for n in range(len(x)):
        for o in range(filters):
            for i in range(len(dy[n][o])):
                for j in range(len(dy[n][o][i])):
                    error = dy[n][o][i][j]
                    db[o] += error
                    for c in range(channels):
                        for u in range(kernel):
                            for v in range(kernel):
                                a, e = i + u - padding, j + v - padding
                                if 0 <= a < height and 0 <= e < width:
                                    dw[o][c][u][v] += error * x[n][c][a][e]
                                    dx[n][c][a][e] += error * w[o][c][u][v]
    return dx, dw, db
