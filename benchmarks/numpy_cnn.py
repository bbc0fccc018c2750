"""A convolutional network in plain NumPy, as a good course teaches it.

Windows become rows of a matrix (im2col), so that a convolution is one matrix product; its input
gradient is a second one, whose rows are added back to where the windows were cut out (col2im).
A layer is a class that remembers what its backward pass needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Array = NDArray[np.float32]


class Layer:
    """Something with ``forward(X) -> Y`` and ``backward(dY) -> dX``; most have no parameters."""

    def __init__(self) -> None:
        self.parameters: dict[str, Array] = {}
        self.gradients: dict[str, Array] = {}

    def forward(self, X: Array) -> Array:
        raise NotImplementedError

    def backward(self, dY: Array) -> Any:
        raise NotImplementedError


class Convolution(Layer):
    """Square filters, stride 1; the first layer of a network has no use for its dX."""

    def __init__(self, W: Array, b: Array, padding: int = 0, first: bool = False) -> None:
        super().__init__()
        self.parameters = {"weight": W, "bias": b}
        self.padding, self.first = padding, first

    def forward(self, X: Array) -> Array:
        W, p = self.parameters["weight"], self.padding
        if p:
            X = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))
        windows = sliding_window_view(X, W.shape[2:], (2, 3)).transpose(0, 2, 3, 1, 4, 5)
        self.places = windows.shape  # N, rows, columns, C, kernel, kernel
        self.X_shape = X.shape
        self.rows = windows.reshape(-1, W[0].size)
        Y: Array = self.rows @ W.reshape(len(W), -1).T + self.parameters["bias"]
        return Y.reshape(*self.places[:3], len(W)).transpose(0, 3, 1, 2)

    def backward(self, dY: Array) -> Any:
        W, p, kernel = self.parameters["weight"], self.padding, self.places[-1]
        dY = dY.transpose(0, 2, 3, 1).reshape(-1, len(W))
        self.gradients = {"weight": (dY.T @ self.rows).reshape(W.shape), "bias": dY.sum(0)}
        if self.first:
            return None
        windows = (dY @ W.reshape(len(W), -1)).reshape(self.places)
        dX = np.zeros(self.X_shape, np.float32)
        _, height, width = self.places[:3]
        for u in range(kernel):
            for v in range(kernel):
                part = windows[:, :, :, :, u, v].transpose(0, 3, 1, 2)
                dX[:, :, u : u + height, v : v + width] += part
        return dX[:, :, p:-p, p:-p] if p else dX


class MaxPool(Layer):
    """The largest of each window; windows lie side by side, and what is left over is left out."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def forward(self, X: Array) -> Array:
        s, (n, c, height, width) = self.size, X.shape
        self.X_shape, rows, columns = X.shape, height // s, width // s
        whole = X[:, :, : rows * s, : columns * s].reshape(n, c, rows, s, columns, s)
        windows = whole.transpose(0, 1, 2, 4, 3, 5).reshape(n, c, rows, columns, s * s)
        self.largest = windows.argmax(-1)[..., None]
        return np.take_along_axis(windows, self.largest, -1)[..., 0]

    def backward(self, dY: Array) -> Array:
        s, (n, c, rows, columns) = self.size, dY.shape
        windows = np.zeros((*dY.shape, s * s), np.float32)
        np.put_along_axis(windows, self.largest, dY[..., None], -1)
        whole = windows.reshape(n, c, rows, columns, s, s).transpose(0, 1, 2, 4, 3, 5)
        dX = np.zeros(self.X_shape, np.float32)
        dX[:, :, : rows * s, : columns * s] = whole.reshape(n, c, rows * s, columns * s)
        return dX


class Dense(Layer):
    """One row of weights for each unit."""

    def __init__(self, W: Array, b: Array) -> None:
        super().__init__()
        self.parameters = {"weight": W, "bias": b}

    def forward(self, X: Array) -> Array:
        self.X = X
        return X @ self.parameters["weight"].T + self.parameters["bias"]

    def backward(self, dY: Array) -> Array:
        self.gradients = {"weight": dY.T @ self.X, "bias": dY.sum(0)}
        return dY @ self.parameters["weight"]


class Flatten(Layer):
    """Maps become one row of numbers for each image."""

    def forward(self, X: Array) -> Array:
        self.X_shape = X.shape
        return X.reshape(len(X), -1)

    def backward(self, dY: Array) -> Array:
        return dY.reshape(self.X_shape)


class ReLU(Layer):
    """Y = max(X, 0)."""

    def forward(self, X: Array) -> Array:
        self.positive = X > 0
        return X * self.positive

    def backward(self, dY: Array) -> Array:
        return dY * self.positive


class ELU(Layer):
    """Y = X where X is positive, exp(X) − 1 elsewhere; there the slope is Y + 1."""

    def forward(self, X: Array) -> Array:
        self.Y: Array = np.where(X > 0, X, np.expm1(np.minimum(X, 0)))
        return self.Y

    def backward(self, dY: Array) -> Array:
        return dY * np.where(self.Y > 0, 1, self.Y + 1)


def softmax_cross_entropy(scores: Array, labels: NDArray[np.int64]) -> tuple[float, Array]:
    """The mean loss, and its gradient: (probabilities − 1 at the label) / N."""
    rows = np.arange(len(labels))
    shifted = scores - scores.max(1, keepdims=True)
    exponentials = np.exp(shifted)
    sums = exponentials.sum(1, keepdims=True)
    loss = float(np.mean(np.log(sums[:, 0]) - shifted[rows, labels]))
    gradient = exponentials / sums
    gradient[rows, labels] -= 1
    return loss, gradient / len(labels)


def loss_and_gradients(layers: Sequence[Layer], X: Array, labels: NDArray[np.int64]) -> float:
    """Forward and backward through all layers, which then hold their gradients."""
    for layer in layers:
        X = layer.forward(X)
    loss, dY = softmax_cross_entropy(X, labels)
    for layer in reversed(layers):
        dY = layer.backward(dY)
    return loss


class SGD:
    """Gradient descent with momentum: v ← momentum·v + dW, W ← W − learning rate·v."""

    def __init__(self, layers: Sequence[Layer], learning_rate: float, momentum: float) -> None:
        self.layers, self.learning_rate, self.momentum = layers, learning_rate, momentum
        self.velocities = [
            {name: np.zeros_like(array) for name, array in layer.parameters.items()}
            for layer in layers
        ]

    def step(self) -> None:
        for layer, velocities in zip(self.layers, self.velocities, strict=True):
            for name, velocity in velocities.items():
                velocity *= self.momentum
                velocity += layer.gradients[name]
                layer.parameters[name] -= self.learning_rate * velocity
