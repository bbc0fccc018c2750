def gap_forward(x):
    return [[sum(map(sum, plane)) / (len(plane) * len(plane[0])) for plane in image] for image in x]


def gap_backward(dy, x):
    return [
        [
            [[d / (len(plane) * len(plane[0])) for _ in row] for row in plane]
            for d, plane in zip(dy[0], image)
        ]
        for image in x
    ]
