"""What is said of a wrong function is true, complete, and can be repeated."""

import re
from pathlib import Path
from typing import Any

import pytest

import backlit
from backlit.equations import dense
from backlit.mistakes import wrong_ways

from .programs import SQUARE_FILTERS

pytestmark = pytest.mark.usefixtures("in_this_process")

DENSE = """
def dense_forward(x, w, b):
    return [[b[o] + sum(p * q for p, q in zip(row, w[o])) for o in range(len(w))] for row in x]

def dense_backward(dy, x, w):
    dx = [[sum(e[o] * w[f][o] for o in range(len(e))) for f in range(len(x[0]))] for e in dy]
    dw = [[sum(dy[n][o] * x[n][f] for n in range(len(x))) for f in range(len(x[0]))]
          for o in range(len(dy[0]))]
    return dx, dw
"""
SLOPES = """
def relu_backward(dy, x):
    return [[1.0 if z > 0 else 0.0 for z in row] for row in x]
"""
POOL = """
def max_pool_backward(dy, x):
    dx = [[0] * len(x[0]) for _ in x]
    for i in range(len(dy)):
        for j in range(len(dy[0])):
            best = 0
            for u in range(2):
                for v in range(2):
                    if x[2 * i + u][2 * j + v] > best:
                        best, p, q = x[2 * i + u][2 * j + v], u, v
            dx[2 * i + p][2 * j + q] += dy[i][j]
    return dx
"""
BIAS = """
def conv_bias_gradient(dy):
    return [sum(1 for image in dy for row in image[o] for e in row) for o in range(len(dy[0]))]
"""
LOSS = """
from math import exp, log

def cross_entropy_grad(scores, labels):
    out = []
    for row, label in zip(scores, labels):
        e = [exp(z - max(row)) for z in row]
        out.append([p / sum(e) / len(labels) for p in e])
    return out
"""
TWO = """
def conv_weight_gradient(dy, x, w, stride):
    N = len(x)
    return [[[[sum(dy[n][o][i][j] * x[n][c][i + u][j + v] for n in range(N)
                   for i in range(len(dy[0][0])) for j in range(len(dy[0][0][0]))) / N
               for v in range(len(w[0][0][0]))] for u in range(len(w[0][0]))]
             for c in range(len(w[0]))] for o in range(len(w))]
"""
CLASS = """
class Conv:
    def __init__(self, w):
        self.w = w

    def forward(self, x):
        self.x = x
        return [[sum(x[i + u][j + v] * k for u, row in enumerate(self.w) for v, k in enumerate(row))
                 for j in range(len(x[0]) - len(self.w[0]) + 1)]
                for i in range(len(x) - len(self.w) + 1)]

    def backward(self, dy):
        self.dw = [[sum(dy[i][j] * self.x[i + u][j + v] for i in range(len(dy) + 1)
                        for j in range(len(dy[0]))) for v in range(len(self.w[0]))]
                   for u in range(len(self.w))]
"""
CACHED = """
def conv_backward(dout, cache):
    x, w, b, conv_param = cache
    return dout[conv_param["stride"]] + scale
"""
DIVIDED = """
def avg_pool_backward(dy, x, size, stride):
    dx = [[0] * len(x[0]) for _ in x]
    for i in range(len(dy)):
        for j in range(len(dy[0])):
            for u in range(size):
                for v in range(size):
                    dx[i * stride + u][j * stride + v] += dy[i][j] / size
    return dx
"""
PADDED = """
def maxpool_forward(x, size, stride, pad):
    wide = [0] * (len(x[0]) + 2 * pad)
    x = [wide] * pad + [[0] * pad + row + [0] * pad for row in x] + [wide] * pad
    return [[max(x[i + u][j + v] for u in range(size) for v in range(size))
             for j in range(0, len(x[0]) - size + 1, stride)]
            for i in range(0, len(x) - size + 1, stride)]
"""
TEST = """
def conv_backward(dy, x, w):
    return scale * dy
"""


def found(tmp_path: Path, text: str, function: str) -> Any:
    path = tmp_path / "mine.py"
    path.write_text(text, encoding="utf-8")
    report = backlit.check(path, function=function)
    assert max(map(len, report.text(80).splitlines())) <= 80
    (finding,) = report.findings
    return finding


def test_the_forward_function_beside_it_says_how_the_weights_lie(tmp_path: Path) -> None:
    finding = found(tmp_path, DENSE, "dense_backward")
    assert finding.mistakes == ("transposed",)
    assert finding.first_wrong.letter == "dX"
    assert "dW is right" in finding.sentence
    assert "With 1 image, 3 inputs, 2 outputs it raises IndexError" in finding.sentence
    assert "weights (O, F)" in finding.reading


@pytest.mark.parametrize(
    ("text", "function"), [(SLOPES, "relu_backward"), (LOSS, "cross_entropy_grad")]
)
def test_the_whole_solution_is_not_told(tmp_path: Path, text: str, function: str) -> None:
    finding = found(tmp_path, text, function)
    assert finding.verdict == "wrong"
    assert finding.loop == ""
    assert finding.first_wrong.made_of


def test_the_numbers_that_an_element_is_made_of_are_told(tmp_path: Path) -> None:
    first = found(tmp_path, SLOPES, "relu_backward").first_wrong
    n, f = first.index
    x, dy = (first.probe.tensors[role][n][f] for role in ("x", "dy"))
    assert first.made_of == f"It is made of X[{n},{f}] = {x:g} and dY[{n},{f}] = {dy:g}.".replace(
        "-", "−"
    )


def test_results_are_called_as_the_equations_call_them(tmp_path: Path) -> None:
    finding = found(tmp_path, LOSS, "cross_entropy_grad")
    assert finding.sentence.startswith("dZ is wrong: the truth is not subtracted.")
    assert "scores as the scores Z" in finding.reading


def test_a_product_without_factors_is_told_as_a_number_of_times(tmp_path: Path) -> None:
    finding = found(tmp_path, BIAS, "conv_bias_gradient")
    assert finding.equation == "db[o] += 1  for all n, i, j"
    assert any(each.startswith("In their place: 1, ") for each in finding.first_wrong.terms)


def test_two_mistakes_are_one_equation(tmp_path: Path) -> None:
    finding = found(tmp_path, TWO, "conv_weight_gradient")
    assert set(finding.mistakes) == {"stride-forgotten", "batch-average-extra"}
    assert finding.equation == "dW[o,c,u,v] += dY[n,o,i,j] · X[n,c,i+u,j+v] · 1/N"
    for each in finding.first_wrong.terms[:2]:  # the products themselves are told undivided
        assert "= " in each


def test_an_exception_is_repeated_by_what_is_told(tmp_path: Path) -> None:
    finding = found(tmp_path, POOL, "max_pool_backward")
    assert finding.mistake == "raised"
    assert "negative numbers" in finding.sentence
    assert "in line 11, `dx[2 * i + p][2 * j + q] += dy[i][j]`" in finding.sentence
    with pytest.raises(UnboundLocalError):
        exec(POOL + finding.repeat, {})


@pytest.mark.parametrize(
    ("text", "function", "error"),
    [
        (TEST, "conv_backward", NameError),
        (CACHED, "conv_backward", NameError),
        (CLASS, "Conv", IndexError),
    ],
)
def test_an_exception_of_every_call_is_repeated_too(
    tmp_path: Path, text: str, function: str, error: type[Exception]
) -> None:
    finding = found(tmp_path, text, function)
    assert f"raises {error.__name__} " in finding.sentence
    with pytest.raises(error):
        exec(text + finding.repeat, {})


def test_a_factor_that_depends_on_the_sizes_is_not_told_as_one(tmp_path: Path) -> None:
    finding = found(tmp_path, DIVIDED, "avg_pool_backward")
    assert "with windows of 2×2, stride 2 every number is 2 times" in finding.sentence
    assert "with windows of 3×3, stride 2 every number is 3 times" in finding.sentence


@pytest.mark.parametrize(
    ("text", "function", "told"),
    [
        ("def sgd(w, dw, lr):\n    return [[a - lr * g / 2 for a, g in zip(x, y)] "
         "for x, y in zip(w, dw)]\n", "sgd", "the first step is 0.5 times as long"),
        ("def adam(w, dw, first, second, lr):\n    return w\n", "adam",
         "nothing tells what first and second are for"),
    ],
)  # fmt: skip
def test_a_step_that_is_too_short_or_cannot_be_called(
    tmp_path: Path, text: str, function: str, told: str
) -> None:
    assert told in found(tmp_path, text, function).sentence


def test_an_argument_that_nothing_can_be_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(TEST, encoding="utf-8")
    with pytest.raises(backlit.errors.ConfigurationError, match="'dz'; there are dy, x, w, b"):
        backlit.check(path, arguments=["dz", "x", "w"])


def test_what_a_return_names_is_that_result_whatever_its_shape(tmp_path: Path) -> None:
    finding = found(tmp_path, SQUARE_FILTERS, "conv_backward")
    assert "it gives dW and db" in finding.reading


def test_padded_zeros_that_win_are_named_on_the_way_forward(tmp_path: Path) -> None:
    finding = found(tmp_path, PADDED, "maxpool_forward")
    assert finding.mistakes == ("padding-wins",)


def test_where_a_sum_begins_is_told_by_its_equation() -> None:
    line = next(wrong_ways(dense(), "output")).line
    assert str(line) == "Y[n,o] += W[o,f] · X[n,f] · (−1)  beginning with b[o]"


@pytest.mark.parametrize(
    "step", ["[p - lr * g for p, g in zip(w, dw)]", "w - lr * dw"], ids=["a row", "a number"]
)
def test_a_step_of_a_row_or_of_one_number(tmp_path: Path, step: str) -> None:
    text = f"def sgd(w, dw, lr):\n    return {step}\n"
    assert found(tmp_path, text, "sgd").verdict == "right"
    uphill = found(tmp_path, text.replace("- lr", "+ lr"), "sgd")
    assert uphill.mistakes == ("step-uphill",)
    assert uphill.first_wrong is not None
    assert (uphill.first_wrong.yours, uphill.first_wrong.right) == (1.125, 0.875)


def test_a_softmax_that_overflows_is_named(tmp_path: Path) -> None:
    text = """
import math
def softmax_loss(scores, label):
    e = [math.exp(score) for score in scores]
    p = [each / sum(e) for each in e]
    return -math.log(p[label]), [q - (k == label) for k, q in enumerate(p)]
"""
    finding = found(tmp_path, text, "softmax_loss")
    assert (finding.verdict, finding.mistake) == ("wrong", "overflow")


# Cross-entropy of probabilities, as books write it.
OF_PROBABILITIES = [
    "def cross_entropy_error(y, t):\n"
    "    return -np.sum(np.log(y[np.arange(len(t)), t])) / len(t)\n",
    "def cross_entropy(y_pred, y_true):\n"
    "    return -np.sum(y_true * np.log(y_pred + 1e-7)) / len(y_pred)\n",
    "def cross_entropy(y, t):\n    return -np.sum(t * np.log(y)) / len(y)\n",
]


@pytest.mark.parametrize("text", OF_PROBABILITIES)
def test_a_loss_of_probabilities_is_read(tmp_path: Path, text: str) -> None:
    name = text[len("def ") : text.index("(")]
    text = f"import numpy as np\n\n\n{text}"
    assert found(tmp_path, text, name).verdict == "right"
    wrong = found(tmp_path, text.replace("-np.sum", "np.sum"), name)
    assert wrong.verdict == "wrong"
    assert wrong.mistakes == ("sign",) or "1e-7" in text


def test_a_loss_that_comes_with_the_error_is_looked_at(tmp_path: Path) -> None:
    text = """
import math
def cross_entropy_backward(scores, label):
    e = [math.exp(score - max(scores)) for score in scores]
    p = [each / sum(e) for each in e]
    loss = -math.log(p[label] + 1e-300)
    return loss, [q - (k == label) for k, q in enumerate(p)]
"""
    assert found(tmp_path, text, "cross_entropy_backward").verdict == "right"
    wrong = found(tmp_path, text.replace("= -math", "= math"), "cross_entropy_backward")
    assert wrong.sentence.startswith("L is wrong")


def test_the_way_forward_says_how_the_weights_of_a_class_lie(tmp_path: Path) -> None:
    text = """
import numpy as np
class Dense:
    def __init__(self, n_in, n_out):
        self.w, self.b = np.ones((n_in, n_out)), np.zeros(n_out)

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, dout):
        self.dw, self.db = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.w.T
"""
    assert found(tmp_path, text, "Dense").verdict == "right"
    wrong = found(tmp_path, text.replace("self.w.T", "self.w"), "Dense")
    assert wrong.sentence.startswith("dX is wrong with more than one input and output: rows and")
    assert "Y, dW and db are right." in wrong.sentence


def test_a_step_that_gives_a_name_to_other_numbers_changes_nothing(tmp_path: Path) -> None:
    text = "def sgd(w, dw, lr):\n    w = w - lr * dw\n"
    assert "a name for other numbers" in found(tmp_path, text, "sgd").sentence


def test_only_products_that_add_up_to_the_wrong_number_are_told(tmp_path: Path) -> None:
    """Which of them = leaves depends on the order of the loops, which no equation tells."""
    text = """
import numpy as np
def conv_backward(dout, x, w):
    dcols = np.einsum("ocuv,noij->ncuvij", w, dout)
    dx = np.zeros_like(x)
    for u in range(w.shape[2]):
        for v in range(w.shape[3]):
            dx[:, :, u:u + dout.shape[2], v:v + dout.shape[3]] = dcols[:, :, u, v]
    return dx
"""
    finding = found(tmp_path, text, "conv_backward")
    assert finding.mistakes == ("assigned-not-added",)
    first = finding.first_wrong
    assert first is not None
    missing = [each for each in first.terms if each.startswith("Missing")]
    if missing:
        (line,) = missing
        shown = [float(each) for each in re.findall(r"= (-?\d+)", line.replace("−", "-"))]
        assert first.right - sum(shown) == first.yours
