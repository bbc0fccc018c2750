# title: A max pool, forward and backward
"""A max pool keeps the largest number of each window, and its error goes back to that one.

Press Check.  Then try: what if the windows overlap?  What if two numbers are equally large?
"""


def max_pool_forward(x, size=2, stride=2):
    OH, OW = (len(x) - size) // stride + 1, (len(x[0]) - size) // stride + 1
    return [
        [
            max(x[i * stride + u][j * stride + v] for u in range(size) for v in range(size))
            for j in range(OW)
        ]
        for i in range(OH)
    ]


def max_pool_backward(dy, x, size=2, stride=2):
    dx = [[0] * len(row) for row in x]
    for i in range(len(dy)):
        for j in range(len(dy[0])):
            places = [(i * stride + u, j * stride + v) for u in range(size) for v in range(size)]
            a, e = max(places, key=lambda place: x[place[0]][place[1]])
            dx[a][e] += dy[i][j]
    return dx
