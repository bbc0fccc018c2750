def relu(v):
    if isinstance(v, list):
        return [relu(e) for e in v]
    return v if v > 0 else 0


def relu_grad(d, z):
    if isinstance(z, list):
        return [relu_grad(a, b) for a, b in zip(d, z)]
    return d if z > 0 else 0


if __name__ == "__main__":
    print(relu([[-1, 2], [3, -4]]))
    print(relu_grad([[10, 20], [30, 40]], [[-1, 2], [3, -4]]))
