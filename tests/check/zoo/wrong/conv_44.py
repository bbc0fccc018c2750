import numpy as np


def correlate2d(a, k, mode="valid"):
    if mode == "full":
        a = np.pad(a, ((k.shape[0] - 1,) * 2, (k.shape[1] - 1,) * 2))
    h, w = a.shape[0] - k.shape[0] + 1, a.shape[1] - k.shape[1] + 1
    result = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            result[i, j] = np.sum(a[i : i + k.shape[0], j : j + k.shape[1]] * k)
    return result


def convolve2d(a, k, mode="valid"):
    return correlate2d(a, k[::-1, ::-1], mode)


class ConvLayer:
    def __init__(self, input_shape, kernel_size, depth):
        input_depth, input_height, input_width = input_shape
        self.depth = depth
        self.input_depth = input_depth
        self.kernels = np.random.randn(depth, input_depth, kernel_size, kernel_size)
        self.biases = np.random.randn(depth)

    def forward(self, input):
        self.input = input
        out = []
        for i in range(self.depth):
            out.append(
                self.biases[i]
                + sum(correlate2d(input[j], self.kernels[i, j]) for j in range(self.input_depth))
            )
        self.output = np.array(out)
        return self.output

    def backward(self, output_gradient, learning_rate):
        kernels_gradient = np.zeros(self.kernels.shape)
        input_gradient = np.zeros(self.input.shape)
        for i in range(self.depth):
            for j in range(self.input_depth):
                kernels_gradient[i, j] = correlate2d(self.input[j], output_gradient[i], "valid")
        self.kernels -= learning_rate * kernels_gradient
        for i in range(self.depth):
            for j in range(self.input_depth):
                input_gradient[j] += convolve2d(output_gradient[i], self.kernels[i, j], "full")
        self.biases -= learning_rate * output_gradient.sum(axis=(1, 2))
        return input_gradient
