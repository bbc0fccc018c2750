def sgd_momentum(w, grad, velocity, lr=0.01, momentum=0.9):
    for i, row in enumerate(grad):
        for j, g in enumerate(row):
            velocity[i][j] = momentum * velocity[i][j] - lr * g
            w[i][j] += velocity[i][j]
