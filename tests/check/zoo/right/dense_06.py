def linear(rows, weights, biases):
    """y = W x + b for each row, and the way back as a function."""
    out = [
        [sum(w * x for w, x in zip(ws, row)) + b for ws, b in zip(weights, biases)] for row in rows
    ]

    def back(errors):
        dx = [
            [sum(e * ws[f] for e, ws in zip(es, weights)) for f in range(len(rows[0]))]
            for es in errors
        ]
        dw = [
            [sum(es[o] * row[f] for es, row in zip(errors, rows)) for f in range(len(rows[0]))]
            for o in range(len(weights))
        ]
        return dx, dw, [sum(es[o] for es in errors) for o in range(len(weights))]

    return out, back
