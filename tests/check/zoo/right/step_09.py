import numpy as np


def update_parameters_with_adam(
    parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    """Parameters W1, b1, W2, ...; gradients, v and s have the names dW1, db1, dW2, ..."""
    layers = len(parameters) // 2
    for layer in range(1, layers + 1):
        for kind in "Wb":
            name = kind + str(layer)
            grad = grads["d" + name]
            v["d" + name] = beta1 * v["d" + name] + (1 - beta1) * grad
            s["d" + name] = beta2 * s["d" + name] + (1 - beta2) * grad**2
            corrected = v["d" + name] / (1 - beta1**t)
            spread = np.sqrt(s["d" + name] / (1 - beta2**t)) + epsilon
            parameters[name] = parameters[name] - learning_rate * corrected / spread
    return parameters, v, s
