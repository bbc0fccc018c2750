def dense_backward(dy, x, w):
    """Lists: x (N, F), w (O, F), dy (N, O).  Returns a dictionary."""
    n_in, n_out = len(w[0]), len(w)
    dw = [[0.0] * n_in for _ in range(n_out)]
    db = [0.0] * n_out
    dx = []
    for xi, d in zip(x, dy):
        row = [0.0] * n_in
        for o in range(n_out):
            db[o] += d[o]
            for f in range(n_in):
                dw[o][f] += d[o] * xi[f]
                row[f] += d[o] * w[o][f]
        dx.append(row)
    return {"dx": dx, "dw": dw, "db": db}
