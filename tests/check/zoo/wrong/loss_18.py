import numpy as np


def softmax(z):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


def cross_entropy(outputs, labels):
    probs = softmax(outputs)
    return -np.mean(np.log(probs[np.arange(len(labels)), labels]))


def softmax_loss(scores, labels):
    outputs = softmax(scores)
    loss = cross_entropy(outputs, labels)
    grad = softmax(outputs)
    grad[np.arange(len(labels)), labels] -= 1
    return loss, grad / len(labels)
