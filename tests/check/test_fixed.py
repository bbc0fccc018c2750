"""Code that has options of its own, which no argument tells, is tried with these."""

from pathlib import Path
from typing import Any

import pytest

import backlit as bl
from backlit.check import vocabulary

CONVOLUTION = """
import numpy as np


def conv_forward(x, w, b):
    (s, p), (k, l) = (2, 1), w.shape[2:]
    x = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    rows, columns = (x.shape[2] - k) // s + 1, (x.shape[3] - l) // s + 1
    y = np.zeros((len(x), len(w), rows, columns))
    for i in range(rows):
        for j in range(columns):
            window = x[:, :, i * s:i * s + k, j * s:j * s + l]
            y[:, :, i, j] = np.tensordot(window, w, ([1, 2, 3], [1, 2, 3])) + b
    return y


def conv_backward(dy, x, w):
    (s, p), (k, l) = (2, 1), w.shape[2:]
    x = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for i in range(dy.shape[2]):
        for j in range(dy.shape[3]):
            error = dy[:, :, i, j]
            window = x[:, :, i * s:i * s + k, j * s:j * s + l]
            dw += np.tensordot(error, window, (0, 0))
            dx[:, :, i * s:i * s + k, j * s:j * s + l] += np.tensordot(error, w, (1, 0))
    return dx[:, :, p:-p, p:-p], dw, dy.sum((0, 2, 3))
"""
OTHERS = """
import numpy as np


def leaky_relu(x):
    return np.where(x > 0, x, 0.2 * x)


def leaky_relu_backward(dy, x):
    return np.where(x > 0, dy, 0.2 * dy)


def max_pool(x):
    rows, columns = (x.shape[2] - 3) // 2 + 1, (x.shape[3] - 3) // 2 + 1
    y = np.zeros((*x.shape[:2], rows, columns))
    for i in range(rows):
        for j in range(columns):
            y[:, :, i, j] = x[:, :, 2 * i:2 * i + 3, 2 * j:2 * j + 3].max((2, 3))
    return y


def batchnorm_forward(x, gamma, beta):
    return gamma * (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-3) + beta


def bn_given(x, mean, var, gamma, beta):
    return gamma * (x - mean) / np.sqrt(var + 1e-8) + beta
"""


def found(folder: Path, text: str, function: str) -> Any:
    path = folder / "mine.py"
    path.write_text(text, encoding="utf-8")
    (finding,) = bl.check(path, function=function).findings
    return finding


@pytest.mark.parametrize("function", ["conv_forward", "conv_backward"])
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("(2, 1)", "its stride is 2 and its padding is 1"),
        ("(3, 1)", "its stride is 3 and its padding is 1"),
        ("(1, 2)", "its padding is 2"),
    ],
)
def test_a_stride_and_a_padding_of_its_own(
    tmp_path: Path, function: str, options: str, words: str
) -> None:
    finding = found(tmp_path, CONVOLUTION.replace("(2, 1)", options), function)
    assert finding.verdict == "right", finding.sentence
    assert finding.remarks == (f"As the code has it, {words}; no argument says otherwise.",)


def test_a_mistake_beside_a_stride_of_its_own_is_named(tmp_path: Path) -> None:
    text = CONVOLUTION.replace("j * s + l] += np", "j * s + l] = np")
    finding = found(tmp_path, text, "conv_backward")
    assert finding.mistakes == ("assigned-not-added",)
    assert finding.first_wrong.options == "stride 2, padding 1"


def test_the_options_of_the_forward_pass_count(tmp_path: Path) -> None:
    forward, backward = CONVOLUTION.split("def conv_backward")
    text = f"{forward}def conv_backward{backward.replace('(2, 1)', '(1, 1)')}"
    finding = found(tmp_path, text, "conv_backward")
    assert finding.mistakes == ("stride-forgotten",)


@pytest.mark.parametrize(
    ("function", "remarks"),
    [
        ("leaky_relu", "As the code has it, its slope is 0.2; no argument says otherwise."),
        (
            "leaky_relu_backward",
            "As the code has it, its slope is 0.2; no argument says otherwise.",
        ),
        (
            "max_pool",
            "As the code has it, its windows are 3×3 and its stride is 2; no argument says "
            "otherwise.",
        ),
        ("batchnorm_forward", "As the code has it, its ε is 0.001; no argument says otherwise."),
        (
            "bn_given",
            "Your ε is smaller than the 10⁻⁵ that is usual, so small that it does not show in "
            "these numbers. That is a convention and no mistake.",
        ),
    ],
)
def test_other_options(tmp_path: Path, function: str, remarks: str) -> None:
    finding = found(tmp_path, OTHERS, function)
    assert finding.verdict == "right", finding.sentence
    assert " ".join(finding.remarks) == remarks


def test_a_root_without_any_epsilon_is_a_mistake(tmp_path: Path) -> None:
    finding = found(tmp_path, OTHERS.replace("np.sqrt(var + 1e-8)", "np.sqrt(var)"), "bn_given")
    assert finding.mistakes == ("eps-forgotten",)


def test_a_slope_that_is_not_that_of_the_forward_pass(tmp_path: Path) -> None:
    finding = found(tmp_path, OTHERS.replace("0.2 * dy", "0.1 * dy"), "leaky_relu_backward")
    assert finding.mistakes == ("wrong-slope",)


def verdicts(folder: Path, layers: list[Any], language: str) -> dict[str, str]:
    path = folder / "cnn.py"
    text = bl.Network((1, 12, 14), layers).eject(language, training=True)
    path.write_text(text, encoding="utf-8")
    return {each.function: each.verdict for each in bl.check(path).findings}


@pytest.mark.parametrize("language", ["python", "numpy"])
def test_an_ejected_program_is_right(tmp_path: Path, language: str) -> None:
    layers = [
        bl.Conv2d(3, 3, stride=2, padding=1),
        bl.BatchNorm2d(eps=1e-3),
        bl.LeakyReLU(0.1),
        bl.MaxPool2d(3, stride=2),
        bl.Conv2d(4, 2),
        bl.ELU(0.3),
        bl.AvgPool2d((1, 2)),
        bl.Flatten(),
        bl.Dense(3),
    ]
    names = ("conv2d", "batch_norm2d", "leaky_relu", "max_pool2d", "elu", "avg_pool2d", "dense")
    right = {f"{name}_{way}": "right" for name in names for way in ("forward", "backward")}
    found = verdicts(tmp_path, layers, language)
    assert found == right | {"softmax_cross_entropy": "right"}


@pytest.mark.parametrize("language", ["python", "numpy"])
def test_every_activation_of_an_ejected_program_is_right(tmp_path: Path, language: str) -> None:
    """Also for numbers hundreds apart, whose powers are too large for a float."""
    layers = [*vocabulary.ACTIVATIONS.values(), bl.Flatten(), bl.Dense(3)]
    found = verdicts(tmp_path, layers, language)
    assert set(found.values()) == {"right"}
    for name in vocabulary.ACTIVATIONS:
        assert {f"{name}_forward", f"{name}_backward"} <= set(found)


def test_a_row_too_few_is_not_taken_for_a_stride(tmp_path: Path) -> None:
    text = CONVOLUTION.replace("(2, 1)", "(1, 0)").replace("- k) // s + 1", "- k) // s")
    finding = found(tmp_path, text.replace("- l) // s + 1", "- l) // s"), "conv_forward")
    assert finding.mistakes == ("last-row-forgotten",)


STEP = """
def update(W, dW, v, rate):
    for k in range(len(W)):
        if isinstance(W[k], list):
            update(W[k], dW[k], v[k], rate)
        else:
            v[k] = 0.9 * v[k] + dW[k]
            W[k] -= rate * v[k]
"""


def test_a_momentum_of_its_own(tmp_path: Path) -> None:
    finding = found(tmp_path, STEP, "update")
    assert (finding.operation, finding.verdict) == ("momentum", "right")
    (remark,) = finding.remarks
    assert remark == "As the code has it, its momentum is 0.9; no argument says otherwise."
    uphill = found(tmp_path, STEP.replace("-=", "+="), "update")
    assert uphill.mistakes == ("step-uphill",)


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        ("w, dw, lr", "sgd"),
        ("w, dw, velocity, lr", "momentum"),
        ("w, dw, cache, lr", "rmsprop"),
        ("w, dw, m, v, t, lr", "adam"),
    ],
)
def test_what_is_remembered_tells_the_rule(tmp_path: Path, arguments: str, rule: str) -> None:
    text = f"def update({arguments}):\n    return w\n"
    assert found(tmp_path, text, "update").operation == rule


SQUARE = """
def conv_forward(image, filters, biases):
    k = len(filters[0][0])
    height, width = (len(image[0]) - k) // 2 + 1, (len(image[0][0]) - k) // 2 + 1
    return [[[biases[f] + sum(image[c][2 * i + u][2 * j + v] * filters[f][c][u][v]
                              for c in range(len(image)) for u in range(k) for v in range(k))
              for j in range(width)] for i in range(height)] for f in range(len(filters))]
"""
CLASS = """
import numpy as np


class Conv2D:
    def __init__(self, in_channels, out_channels, kernel_size):
        self.stride, self.padding, self.kernel_size = 2, 1, kernel_size
        self.W = np.zeros((out_channels, in_channels, kernel_size, kernel_size))
        self.b = np.zeros(out_channels)

    def forward(self, x):
        s, p, k = self.stride, self.padding, self.kernel_size
        self.x = x = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        rows, columns = (x.shape[2] - k) // s + 1, (x.shape[3] - k) // s + 1
        out = np.zeros((len(x), len(self.W), rows, columns))
        for i in range(rows):
            for j in range(columns):
                patch = x[:, :, i * s:i * s + k, j * s:j * s + k]
                out[:, :, i, j] = np.tensordot(patch, self.W, ([1, 2, 3], [1, 2, 3])) + self.b
        return out

    def backward(self, grad):
        s, p, k = self.stride, self.padding, self.kernel_size
        dx, self.dW, self.db = np.zeros_like(self.x), np.zeros_like(self.W), grad.sum((0, 2, 3))
        for i in range(grad.shape[2]):
            for j in range(grad.shape[3]):
                error = grad[:, :, i, j]
                patch = self.x[:, :, i * s:i * s + k, j * s:j * s + k]
                self.dW += np.tensordot(error, patch, (0, 0))
                dx[:, :, i * s:i * s + k, j * s:j * s + k] += np.tensordot(error, self.W, (1, 0))
        return dx[:, :, p:-p, p:-p]
"""
SAME = """
def conv_same(x, w):
    k, l = len(w), len(w[0])
    p, q = k // 2, l // 2
    rows, columns = len(x), len(x[0])
    return [[sum(x[i + u - p][j + v - q] * w[u][v] for u in range(k) for v in range(l)
                 if 0 <= i + u - p < rows and 0 <= j + v - q < columns)
             for j in range(columns)] for i in range(rows)]
"""


@pytest.mark.parametrize(
    ("text", "function", "remark"),
    [
        (SQUARE, "conv_forward", "its stride is 2;"),
        (SQUARE.replace("k = len(filters[0][0])", "k = 3"), "conv_forward", "its stride is 2;"),
        (CLASS, "Conv2D", "its stride is 2 and its padding is 1;"),
        (SAME, "conv_same", "its padding is 1;"),
    ],
    ids=["square", "3 by 3", "class", "same"],
)
def test_options_of_its_own_for_square_filters(
    tmp_path: Path, text: str, function: str, remark: str
) -> None:
    finding = found(tmp_path, text, function)
    assert finding.verdict == "right", finding.sentence
    assert remark in finding.remarks[0]


def test_one_wrong_result_of_a_class_leaves_the_others_right(tmp_path: Path) -> None:
    finding = found(tmp_path, CLASS.replace("dx[:, :, p:-p, p:-p]", "dx"), "Conv2D")
    assert finding.mistakes == ("padding-not-cropped",)
    assert "Y, dW and db are right" in finding.sentence


def test_a_step_that_comes_one_step_late(tmp_path: Path) -> None:
    text = """
def momentum_update(weights, grads, velocity, lr, mu):
    for i in range(len(weights)):
        weights[i] += velocity[i]
        velocity[i] = mu * velocity[i] - lr * grads[i]
"""
    assert found(tmp_path, text, "momentum_update").mistakes == ("step-late",)


def test_any_two_single_numbers_are_multiples_and_so_that_is_not_told(tmp_path: Path) -> None:
    text = """
from math import exp


def cross_entropy_forward(scores, label):
    e = [exp(z - max(scores)) for z in scores]
    return 1 - e[label] / sum(e)
"""
    finding = found(tmp_path, text, "cross_entropy_forward")
    assert (finding.verdict, finding.mistakes) == ("wrong", ())


def test_gradients_called_g_are_told_apart_also_where_only_square_weights_work(
    tmp_path: Path,
) -> None:
    text = """
def dense_forward(x, weights, bias):
    return [bias[o] + sum(p * q for p, q in zip(weights[o], x)) for o in range(len(bias))]


def dense_backward(grad, x, weights):
    g_w = [[grad[o] * x[i] for i in range(len(x))] for o in range(len(grad))]
    g_b, g_x = list(grad), [0.0] * len(x)
    for o in range(len(grad)):
        for i in range(len(x)):
            g_x[i] += grad[o] * weights[i][o]
    return g_w, g_b, g_x
"""
    finding = found(tmp_path, text, "dense_backward")
    assert finding.mistakes == ("transposed",)
    assert "dW and db are right" in finding.sentence
