import math


def softmax(row):
    top = max(row)
    powers = [math.exp(v - top) for v in row]
    return [p / sum(powers) for p in powers]


def cross_entropy_backward(logits, targets):
    """targets: the class of each row"""
    grads = []
    for row, target in zip(logits, targets):
        p = softmax(row)
        grads.append([(p[k] - (1 if k == target else 0)) / len(logits) for k in range(len(p))])
    return grads


if __name__ == "__main__":
    print(softmax([1, 2, 3]))
    print(cross_entropy_backward([[1, 2, 3]], [2]))
