def relu(v):
    if isinstance(v, list):
        return [relu(e) for e in v]
    return v if v > 0 else 0


def relu_backward(d, z):
    if isinstance(z, list):
        return [relu_backward(a, b) for a, b in zip(d, z)]
    return d if z < 0 else 0
