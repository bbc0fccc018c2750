import math


class AdamW:
    def __init__(self, lr, decay, betas=(0.9, 0.999), eps=1e-8):
        self.lr, self.decay, self.betas, self.eps = lr, decay, betas, eps
        self.t, self.m, self.s = 0, {}, {}

    def step(self, w, g):
        """w and g: lists of rows; w is changed."""
        self.t += 1
        b1, b2 = self.betas
        for i, row in enumerate(w):
            for j, value in enumerate(row):
                m = self.m[i, j] = b1 * self.m.get((i, j), 0) + (1 - b1) * g[i][j]
                s = self.s[i, j] = b2 * self.s.get((i, j), 0) + (1 - b2) * g[i][j] ** 2
                m, s = m / (1 - b1**self.t), s / (1 - b2**self.t)
                row[j] = (
                    value - self.lr * self.decay * value - self.lr * m / (math.sqrt(s) + self.eps)
                )
