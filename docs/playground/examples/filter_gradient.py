# title: The gradient of a filter, by hand
"""The gradient of a filter, as plain Python: press Run, then change it and press Check.

A weight is used at every position of the image.  Its gradient is the sum over all of them:
the error of the output there, times the pixel that the weight met.
"""


def conv2d_filter_gradient(dy, x, w, stride=1):
    """dW[u][v] = sum over i, j of dY[i][j] * X[i*stride + u][j*stride + v]."""
    OH, OW = len(dy), len(dy[0])
    kH, kW = len(w), len(w[0])
    dW = [[0] * kW for _ in range(kH)]
    for u in range(kH):  # each row of the filter
        for v in range(kW):  # each column of the filter
            for i in range(OH):  # each row of the output
                for j in range(OW):  # each column of the output
                    dW[u][v] += dy[i][j] * x[i * stride + u][j * stride + v]
    return dW


X = [
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [8, 9, 10, 11],
    [12, 13, 14, 15],
]
W = [
    [1, 2],
    [3, 4],
]
dY = [  # the error arrives at one output only: top left
    [1, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
]

if __name__ == "__main__":
    for row in conv2d_filter_gradient(dY, X, W):
        print(row)
