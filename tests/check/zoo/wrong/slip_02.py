def convolve(image, kernel, bias=0, stride=1):
    rows = (len(image) - len(kernel)) // stride + 1
    columns = (len(image[0]) - len(kernel[0])) // stride + 1
    row = [0] * columns
    result = []
    for i in range(rows):
        for j in range(columns):
            total = bias
            for u in range(len(kernel)):
                for v in range(len(kernel[0])):
                    total += image[i * stride + u][j * stride + v] * kernel[u][v]
            row[j] = total
        result.append(row)
    return result
