import math

ACTIVATIONS = {
    "relu": (lambda z: max(0.0, z), lambda z: 1.0 if z > 0 else 0.0),
    "sigmoid": (
        lambda z: 0.5 * (1 + math.tanh(z / 2)),
        lambda z: 0.25 * (1 - math.tanh(z / 2) ** 2),
    ),
    "tanh": (math.tanh, lambda z: 1 - math.tanh(z) ** 2),
}


def activate(name, rows):
    f = ACTIVATIONS[name][0]
    return [[f(z) for z in row] for row in rows]


def activate_backward(name, errors, rows):
    slope = ACTIVATIONS[name][1]
    return [[e * slope(z) for e, z in zip(es, row)] for es, row in zip(errors, rows)]
