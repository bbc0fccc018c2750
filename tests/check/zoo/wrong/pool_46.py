def pool_backward(x, dy, k, stride=None, p=0):
    """Max pool over k x k windows: where did each maximum come from?"""
    s = stride or k
    grads = []
    for image, errors in zip(x, dy):
        grads.append([])
        for plane, error in zip(image, errors):
            width = len(plane[0]) + 2 * p
            padded = [[0.0] * width for _ in range(p)]
            padded += [[0.0] * p + list(row) + [0.0] * p for row in plane]
            padded += [[0.0] * width for _ in range(p)]
            grad = [[0.0] * width for _ in padded]
            for i, row in enumerate(error):
                for j, e in enumerate(row):
                    places = [(i * s + u, j * s + v) for u in range(k) for v in range(k)]
                    r, q = max(places, key=lambda at: padded[at[0]][at[1]])
                    grad[r][q] += e
            grads[-1].append([row[p : p + len(plane[0])] for row in grad[p : p + len(plane)]])
    return grads
