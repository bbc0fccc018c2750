def convolve(image, kernel, bias=0, stride=1):
    """Slide a kernel over an image (lists of rows)."""
    result = []
    for top in range(0, len(image) - len(kernel) + 1, stride):
        row_out = []
        for left in range(0, len(image[0]) - len(kernel[0]) + 1, stride):
            row_out.append(
                bias
                + sum(
                    image[top + v][left + u] * k
                    for u, row in enumerate(kernel)
                    for v, k in enumerate(row)
                )
            )
        result.append(row_out)
    return result
