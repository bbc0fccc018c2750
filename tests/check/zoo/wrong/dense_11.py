def linear(rows, weights, biases):
    out = []
    for row in rows:
        out.append([sum(map(lambda w, x: w * x, ws, row)) + b for ws, b in zip(weights, biases)])

    def back(errors):
        inputs, units = len(weights[0]), len(weights)
        dx = [[0.0] * inputs for _ in rows]
        dw = [[0.0] * inputs for _ in weights]
        db = [0.0] * units
        for n, es in enumerate(errors):
            for o, e in enumerate(es):
                db[o] += e
                for f in range(inputs):
                    dw[o][f] = e * rows[n][f]
                    dx[n][f] += e * weights[o][f]
        return dx, dw, db

    return out, back
