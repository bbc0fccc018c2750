import numpy as np


def softmax_loss_vectorized(W, X, y, reg):
    num_train = X.shape[0]
    scores = X.dot(W)
    scores -= scores.max(axis=1, keepdims=True)
    sums = np.exp(scores).sum(axis=1)
    loss = np.mean(np.log(sums) - scores[np.arange(num_train), y]) + reg * np.sum(W * W)
    p = np.exp(scores) / sums[:, None]
    p[np.arange(num_train), y] -= 1
    dW = X.T.dot(p) + 2 * reg * W
    return loss, dW
