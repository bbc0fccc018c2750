import numpy as np


class SoftmaxLoss:
    def forward(self, scores, target):
        e = np.exp(scores - scores.max(axis=1)[:, None])
        self.p = e / e.sum(axis=1)[:, None]
        self.target = target
        return -(target * np.log2(self.p + 1e-300)).sum(axis=1).mean()

    def backward(self, dout=1.0):
        return dout * (self.p - self.target) / len(self.target)
