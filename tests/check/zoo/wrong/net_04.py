import numpy as np


class Net:
    """conv 3x3 - relu - max pool 2x2 - dense - softmax, for pictures of even size."""

    def __init__(self, w1, b1, w2, b2):
        self.params = {"w1": w1, "b1": b1, "w2": w2, "b2": b2}
        self.grads = {}

    def forward(self, x):
        p = self.params
        n, _, h, w = x.shape
        self.x = x
        self.z = np.zeros((n, len(p["w1"]), h - 2, w - 2))
        for i in range(h - 2):
            for j in range(w - 2):
                self.z[:, :, i, j] = (
                    np.einsum("ncuv,ocuv->no", x[:, :, i : i + 3, j : j + 3], p["w1"]) + p["b1"]
                )
        self.a = np.maximum(self.z, 0)
        oh, ow = (h - 2) // 2, (w - 2) // 2
        blocks = self.a.reshape(n, -1, oh, 2, ow, 2).transpose(0, 1, 2, 4, 3, 5)
        self.blocks = blocks.reshape(n, -1, oh, ow, 4)
        self.pooled = self.blocks.max(axis=-1)
        self.flat = self.pooled.reshape(n, -1)
        return self.flat @ p["w2"].T + p["b2"]

    def loss(self, x, labels):
        scores = self.forward(x)
        scores = scores - scores.max(axis=1, keepdims=True)
        self.probs = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        rows = np.arange(len(labels))
        value = np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[rows, labels])
        self.backward(labels)
        return value

    def backward(self, labels):
        n = len(labels)
        d = self.probs.copy()
        d[np.arange(n), labels] -= 1
        d /= n
        self.grads["w2"] = d.T @ self.flat
        self.grads["b2"] = d.sum(axis=0)
        d = (d @ self.params["w2"]).reshape(self.pooled.shape)
        winners = self.blocks.argmax(axis=-1)
        dblocks = np.zeros(self.blocks.shape)
        np.put_along_axis(dblocks, winners[..., None], d[..., None], axis=-1)
        oh, ow = d.shape[2:]
        da = dblocks.reshape(n, -1, oh, ow, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(self.a.shape)
        dz = da * (self.z > 0)
        self.grads["b1"] = dz.sum(axis=(2, 3)).mean(axis=1)
        dw1 = np.zeros(self.params["w1"].shape)
        for i in range(dz.shape[2]):
            for j in range(dz.shape[3]):
                dw1 += np.einsum(
                    "no,ncuv->ocuv", dz[:, :, i, j], self.x[:, :, i : i + 3, j : j + 3]
                )
        self.grads["w1"] = dw1
