import numpy as np


def update_parameters_with_adam(
    parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    for layer in range(1, len(parameters) // 2 + 1):
        for kind in "Wb":
            name = kind + str(layer)
            grad = grads["d" + name]
            v["d" + name] = beta1 * v["d" + name] + (1 - beta1) * grad
            s["d" + name] = beta2 * s["d" + name] + (1 - beta2) * grad**2
            step = v["d" + name]
            spread = np.sqrt(s["d" + name]) + epsilon
            parameters[name] = parameters[name] - learning_rate * step / spread
    return parameters, v, s
