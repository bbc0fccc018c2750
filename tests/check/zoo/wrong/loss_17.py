import numpy as np


def softmax_loss(W, X, y, reg):
    N = X.shape[0]
    dW = np.zeros(W.shape)
    loss = 0.0
    for n in range(N):
        s = X[n].dot(W)
        s -= np.max(s)
        total = np.sum(np.exp(s))
        loss += np.log(total) - s[y[n]]
        for c in range(W.shape[1]):
            if c == y[n]:
                dW[:, c] = (np.exp(s[c]) / total - 1) * X[n]
            else:
                dW[:, c] = np.exp(s[c]) / total * X[n]
    return loss / N + 0.5 * reg * np.sum(W**2), dW / N + reg * W
