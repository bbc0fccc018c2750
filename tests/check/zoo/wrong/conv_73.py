def grad_wrt_input(dy, w, height, width, stride=1, padding=0):
    """Each pixel collects from every output that it was used for."""
    dx = []
    for errors in dy:
        image = []
        for c in range(len(w[0])):
            plane = []
            for h in range(height):
                line = []
                for q in range(width):
                    total = 0
                    for o in range(len(w)):
                        for u in range(len(w[o][c])):
                            for v in range(len(w[o][c][u])):
                                i, left = divmod(h + padding - (len(w[o][c]) - 1 - u), stride)
                                j, right = divmod(q + padding - (len(w[o][c][u]) - 1 - v), stride)
                                if left or right:
                                    continue
                                if 0 <= i < len(errors[o]) and 0 <= j < len(errors[o][i]):
                                    total += errors[o][i][j] * w[o][c][u][v]
                    line.append(total)
                plane.append(line)
            image.append(plane)
        dx.append(image)
    return dx
