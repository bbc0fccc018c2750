"""Mistakes in the book: those that learners make, and that public code has shipped."""

from tests.mutation.runner import group

CONVENTIONS = "tests/pure/test_conventions.py"
DIRECTIONS = "tests/pure/test_directions.py"
EXACT = "tests/pure/test_exact.py"
FACES = "tests/pure/test_conv2d_faces.py"

PURE_MUTATIONS = [
    *group(
        "pure/conv2d.py",
        EXACT,
        (
            "the forward pass forgets the bias",
            "sum(map(mul, weights[i][j][o], numbers), start[o])",
            "sum(map(mul, weights[i][j][o], numbers))",
        ),
        (
            "the forward pass turns the filter",
            "map(mul, weights[i][j][o], numbers)",
            "map(mul, weights[i][j][o][::-1], numbers)",
        ),
        (
            "the filter gradient has the wrong sign",
            "= sum(map(mul, errors[o], inputs), zero)",
            "= -sum(map(mul, errors[o], inputs), zero)",
        ),
        (
            "the filter gradient is an average over all positions instead of their sum",
            "= sum(map(mul, errors[o], inputs), zero)",
            "= sum(map(mul, errors[o], inputs), zero) / max(len(inputs), 1)",
        ),
        (
            "the filter gradient keeps the last product only",
            "= sum(map(mul, errors[o], inputs), zero)",
            "= ([zero, *map(mul, errors[o], inputs)])[-1]",
        ),
        (
            "the filter gradient is turned by 180 degrees",
            "dw[o][k % channels_per_group][u][v] =",
            "dw[o][k % channels_per_group][-1 - u][-1 - v] =",
        ),
        (
            "the filter gradient forgets the stride",
            "_spans(taps_v, columns.stride)",
            "_spans(taps_v, 1)",
        ),
        (
            "the filter gradient counts the first image only",
            "[error for image in dy for i, _ in taps_u",
            "[error for image in dy[:1] for i, _ in taps_u",
        ),
        (
            "the filter gradient gives every channel to the first group",
            "first_filter = k // channels_per_group * filters_per_group",
            "first_filter = 0",
        ),
        (
            "the bias gradient counts the last image only",
            "for image in dy for row in image[o]",
            "for image in dy[-1:] for row in image[o]",
        ),
        (
            "the bias gradient is an average over the batch",
            "for row in image[o]), zero) for o",
            "for row in image[o]), zero) / max(len(dy), 1) for o",
        ),
        (
            "the input gradient takes the filters of the first group for all",
            "for filter_o in w[first : first + filters_per_group]",
            "for filter_o in w[:filters_per_group]",
        ),
    ),
    *group(
        "pure/conv2d_faces.py",
        FACES,
        (
            "scatter overwrites where windows overlap",
            "[a][e] += error * w",
            "[a][e] = error * w",
        ),
        (
            "scatter turns the filter",
            "w[o][c][u][v]",
            "w[o][c][-1 - u][-1 - v]",
        ),
        (
            "the correlation mirrors the filter instead of turning it",
            "[row[::-1] for row in reversed(matrix)]",
            "[row[::-1] for row in matrix]",
        ),
        (
            "the correlation forgets the zeros that stride puts between the rows",
            "spread.extend([[zero] * width] * (rows.stride - 1))",
            "pass",
        ),
        (
            "the correlation forgets the inputs that no window reached",
            "reach - axis.after + axis.remainder",
            "reach - axis.after",
        ),
    ),
    *group(
        "pure/window.py",
        FACES,
        (
            "the forward pass forgets the padding",
            "i * self.stride - self.before + u * self.dilation",
            "i * self.stride + u * self.dilation",
        ),
        (
            "the forward pass forgets the dilation",
            "i * self.stride - self.before + u * self.dilation",
            "i * self.stride - self.before + u",
        ),
    ),
    *group(
        "pure/pooling.py",
        CONVENTIONS,
        ("a tie goes to the last pixel instead of the first", "value > best", "value >= best"),
        ("max pool overwrites where windows overlap", "[a][e] += error", "[a][e] = error"),
        ("counting the padding is turned round", "if not include_pad", "if include_pad"),
        ("average pool gives everyone the whole error", "error / count", "error"),
    ),
    *group(
        "pure/pooling.py",
        EXACT,
        ("average pool overwrites where windows overlap", "[a][e] += part", "[a][e] = part"),
        (
            "the global average divides by the width alone",
            "error / (height * width)",
            "error / width",
        ),
    ),
    *group(
        "pure/activations.py",
        CONVENTIONS,
        (
            "ReLU lets the error pass at 0",
            "lambda error, z: zero if z <= 0",
            "lambda error, z: zero if z < 0",
        ),
    ),
    *group(
        "pure/activations.py",
        EXACT,
        (
            "leaky ReLU stops the error of negative inputs",
            "slope * error if z <= 0",
            "0 * error if z <= 0",
        ),
    ),
    *group(
        "pure/activations.py",
        DIRECTIONS,
        ("ELU's slope forgets alpha", "alpha * exp(z) * error", "exp(z) * error"),
        ("sigmoid's slope is the sigmoid", "return s * (1 - s)", "return s"),
        ("tanh's slope forgets the square", "(1 - tanh(z) ** 2)", "(1 - tanh(z))"),
        (
            "GELU's slope forgets that the gate moves too",
            "normal_distribution(z, erf) + z * normal_density(z, exp)",
            "normal_distribution(z, erf)",
        ),
        ("SiLU's slope has the wrong sign", "s * (1 + z * (1 - s))", "s * (1 - z * (1 - s))"),
    ),
    *group(
        "pure/batch_norm.py",
        DIRECTIONS,
        (
            "batch norm forgets the way through the mean",
            "d_shift / count if training",
            "zero if training",
        ),
        (
            "batch norm forgets the way through the variance",
            "d_scale / count if training",
            "zero if training",
        ),
        (
            "batch norm goes through the mean in evaluation too",
            "d_shift / count if training else zero",
            "d_shift / count",
        ),
    ),
    *group(
        "pure/batch_norm.py",
        CONVENTIONS,
        (
            "the variance of a batch is divided by M - 1",
            "zero_of(squares)) / len(numbers)",
            "zero_of(squares)) / (len(numbers) - 1)",
        ),
        (
            "the running average keeps the share that is new",
            "(1 - momentum) * o + momentum * n",
            "momentum * o + (1 - momentum) * n",
        ),
    ),
    *group(
        "pure/dense.py",
        EXACT,
        (
            "the bias gradient is averaged over the batch once more",
            "[sum(error, zero) for error in errors]",
            "[sum(error, zero) / len(error) for error in errors]",
        ),
        (
            "the weight gradient has the wrong sign",
            "sum(map(mul, error, values), zero)",
            "-sum(map(mul, error, values), zero)",
        ),
    ),
    *group(
        "pure/loss.py",
        CONVENTIONS,
        ("1/N is forgotten", "[[error / len(z) for", "[[error for"),
        ("1/N is applied twice", "[[error / len(z) for", "[[error / len(z) ** 2 for"),
        ("truth is added to the probabilities", "row[label] -= 1", "row[label] += 1"),
    ),
    *group(
        "pure/dropout.py",
        EXACT,
        (
            "the way back does not make the others larger",
            "return dropout_forward(dy, mask, rate)",
            "return apply2(lambda error, kept: error * kept, dy, mask)",
        ),
    ),
    *group(
        "pure/merge.py",
        EXACT,
        (
            "every joined input gets the error of the first channels",
            "first += count",
            "first += 0",
        ),
    ),
]
