def conv_gradients(error, picture, kernel):
    k = len(kernel)
    weights = [[0.0] * k for _ in range(k)]
    pixels = [[0.0] * len(picture[0]) for _ in picture]
    for i, row in enumerate(error):
        for j, e in enumerate(row):
            for u in range(k):
                for v in range(k):
                    weights[k - 1 - u][k - 1 - v] += e * picture[i + u][j + v]
                    pixels[i + u][j + v] += e * kernel[u][v]
    return weights, pixels
