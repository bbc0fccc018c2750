"""Which functions are taken for which operations, and which for none."""

from pathlib import Path

import pytest

import backlit
from backlit.check import Finding
from backlit.errors import InputError

LOSS = """
import numpy as np


def loss_and_gradient(W, X, labels):
    scores = X @ W
    P = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    T = np.eye(W.shape[1])[labels]
    return -np.log((P * T).sum(axis=1)).mean(), X.T @ (P - T) / len(X)
"""
CHOICE = """
import numpy as np


def activate(z, kind):
    return np.tanh(z) if kind == "tanh" else np.maximum(z, 0)
"""


def findings(folder: Path, program: str) -> list[Finding]:
    path = folder / "mine.py"
    path.write_text(program, encoding="utf-8")
    return list(backlit.check(path).findings)


def test_a_softmax_of_weights_and_rows_is_softmax_regression(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, LOSS)
    assert (found.operation, found.verdict) == ("softmax_regression", "right")
    assert found.sentence.startswith("L and dW are right")


def test_a_name_that_is_compared_is_a_choice(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, CHOICE)
    assert (found.function, found.operation, found.verdict) == ('activate("tanh")', "tanh", "right")


@pytest.mark.parametrize(
    "program",
    [
        # Weights, rows and labels, but no loss and no gradient.
        "import math\n\n\ndef accuracy(W, x, labels):\n    return math.exp(0) * len(labels)\n",
        # A sigmoid of one score, and not a softmax of several.
        "import math\n\n\ndef of(w, x, y):\n    return math.log(1 / (1 + math.exp(w * x * y)))\n",
        # A name that is only a default decides nothing.
        'def normalize(x, kind="tanh"):\n    return x\n',
        # Whoever takes weights, too, computes more than an activation.
        'def layer(x, w, act):\n    return x if act == "relu" else w\n',
    ],
)
def test_what_only_looks_like_it_is_not_checked(tmp_path: Path, program: str) -> None:
    with pytest.raises(InputError, match="recognized as an operation"):
        findings(tmp_path, program)
