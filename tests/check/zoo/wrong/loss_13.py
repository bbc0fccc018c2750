import numpy as np


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def cross_entropy_loss(scores, labels):
    probs = softmax(scores)
    n = len(labels)
    correct = probs[np.arange(n), labels]
    loss = -np.sum(np.log10(correct + 1e-300)) / n
    grad = probs.copy()
    grad[np.arange(n), labels] -= 1
    return loss, grad / n
