def momentum_step(w, dw, v, lr=0.01, mu=0.9):
    new = []
    for weights, grads, speeds in zip(w, dw, v):
        speeds = [mu * s - lr * g for s, g in zip(speeds, grads)]
        new.append([weight + s for weight, s in zip(weights, speeds)])
    return new, v
