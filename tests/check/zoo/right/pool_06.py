def forward(m, k=2):
    out, places = [], []
    for i in range(0, len(m) - k + 1, k):
        out.append([])
        places.append([])
        for j in range(0, len(m[0]) - k + 1, k):
            number, place = max(
                ((m[r][q], (-r, -q)) for r in range(i, i + k) for q in range(j, j + k))
            )
            out[-1].append(number)
            places[-1].append((-place[0], -place[1]))
    return out, places


def backward(d, places, height, width):
    grad = [[0.0] * width for _ in range(height)]
    for errors, row in zip(d, places):
        for error, (r, q) in zip(errors, row):
            grad[r][q] += error
    return grad
