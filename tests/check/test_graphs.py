"""Nodes of a graph whose backward takes no error, as that of a loss does."""

from pathlib import Path

import pytest

import backlit
from backlit.check import Finding

PROGRAM = """
import numpy as np


class Tensor:
    def __init__(self, data, parents=()):
        self.data, self.parents = np.asarray(data, dtype=float), parents
        self.grad, self._back = 0.0, lambda: None

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        self.grad = np.ones_like(self.data)
        for node in reversed(order):
            node._back()


def linear(x, w, b):
    out = Tensor(x.data @ w.data.T + b.data, (x, w, b))

    def back():
        x.grad = x.grad + out.grad @ w.data
        w.grad = w.grad + out.grad.T @ x.data
        b.grad = b.grad + out.grad.sum(axis=0)

    out._back = back
    return out
"""


def finding(folder: Path, program: str) -> Finding:
    path = folder / "mine.py"
    path.write_text(program, encoding="utf-8")
    (found,) = backlit.check(path, function="linear").findings
    return found


def test_a_right_node_is_right_for_errors_of_one(tmp_path: Path) -> None:
    found = finding(tmp_path, PROGRAM)
    assert found.verdict == "right"
    assert found.sentence.startswith("Y, dX, dW and db are right")
    assert "errors other than 1, since its backward takes none" in found.not_taken


@pytest.mark.parametrize(
    ("right", "wrong", "mistake"),
    [
        ("out.grad.T @ x.data", "-out.grad.T @ x.data", "sign"),
        ("out.grad.T @ x.data", "out.grad.T @ x.data / len(x.data)", "batch-average-extra"),
        ("out.grad.sum(axis=0)", "out.grad.sum(axis=1)", "bias-axes"),
    ],
)
def test_a_wrong_node_is_named(tmp_path: Path, right: str, wrong: str, mistake: str) -> None:
    assert right in PROGRAM
    found = finding(tmp_path, PROGRAM.replace(right, wrong))
    assert mistake in found.mistakes
