import numpy as np


class Activation:
    def __init__(self, kind="relu", slope=0.01):
        self.kind, self.slope = kind, slope

    def forward(self, z):
        self.z = z
        if self.kind == "relu":
            return np.maximum(z, 0)
        if self.kind == "leaky_relu":
            return np.where(z > 0, z, self.slope * z)
        self.a = np.tanh(z)
        return self.a

    def backward(self, da):
        if self.kind == "relu":
            return da * (self.z > 0)
        if self.kind == "leaky_relu":
            return da * np.where(self.z > 0, 1, self.slope)
        return da * (1 - self.a**2)
