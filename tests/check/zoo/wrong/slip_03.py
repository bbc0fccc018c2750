def convolve(image, kernel, bias=0, stride=1):
    size, columns = len(kernel), len(kernel[0])
    result = []
    for i in range(0, len(image) - size + 1, stride):
        line = []
        for j in range(0, len(image[0]) - columns + 1, stride):
            window = [row[j : j + size] for row in image[i : i + size]]
            total = bias
            for pixels, weights in zip(window, kernel):
                total += sum(p * w for p, w in zip(pixels, weights))
            line.append(total)
        result.append(line)
    return result
