def gap_forward(x):
    return [[sum(map(sum, plane)) / (len(plane) * len(plane[0])) for plane in image] for image in x]


def global_pool_backward(dy, x):
    return [
        [
            [[d // (len(plane) * len(plane[0])) for _ in row] for row in plane]
            for d, plane in zip(ds, image)
        ]
        for ds, image in zip(dy, x)
    ]
