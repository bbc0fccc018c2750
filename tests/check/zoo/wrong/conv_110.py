def convolve(image, kernel, bias=0, stride=1):
    """Slide a kernel over an image (lists of rows)."""
    out = []
    for top in range(0, len(image) - len(kernel), stride):
        line = []
        for left in range(0, len(image[0]) - len(kernel[0]) + 1, stride):
            line.append(
                bias
                + sum(
                    image[top + u][left + v] * k
                    for u, row in enumerate(kernel)
                    for v, k in enumerate(row)
                )
            )
        out.append(line)
    return out
