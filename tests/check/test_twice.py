"""What is told of objects that are used a second time."""

from pathlib import Path

import pytest

import backlit

LAYER = """
import numpy as np


class Dense:
    def __init__(self, w, b):
        self.w, self.b = w, b
        self.dw, self.db = np.zeros_like(w), np.zeros_like(b)
        self.seen = []

    def forward(self, x):
        self.x = x
        return x @ self.w.T + self.b

    def backward(self, dout):
        self.dw = dout.T @ self.x
        self.db = dout.sum(axis=0)
        return dout @ self.w
"""


def remarks(folder: Path, *changes: tuple[str, str]) -> list[str]:
    program = LAYER
    for old, new in changes:
        assert old in program
        program = program.replace(old, new)
    path = folder / "mine.py"
    path.write_text(program, encoding="utf-8")
    (finding,) = backlit.check(path).findings
    assert finding.verdict == "right"
    return list(finding.remarks)


def test_gradients_that_are_set_anew_are_not_spoken_of(tmp_path: Path) -> None:
    assert remarks(tmp_path) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            [("self.dw = dout", "self.dw += dout"), ("self.db = dout", "self.db += dout")],
            "dW and db of a",
        ),
        ([("self.db = dout", "self.db += dout")], "db of a second call is added"),
    ],
)
def test_gradients_that_add_up_are_told_as_a_convention(
    tmp_path: Path, changes: list[tuple[str, str]], told: str
) -> None:
    (remark,) = remarks(tmp_path, *changes)
    assert remark.startswith(told)
    assert "a convention and no mistake" in remark


def test_what_is_left_over_from_the_first_use_is_told(tmp_path: Path) -> None:
    late = ("self.x = x", "self.seen.append(x); self.x = self.seen[0] * len(self.seen) ** 2")
    (remark,) = remarks(tmp_path, late)
    assert "gives others for dW:" in remark


def test_a_layer_that_takes_its_steps_itself_is_not_spoken_of(tmp_path: Path) -> None:
    step = (
        "return dout @ self.w",
        "dx = dout @ self.w; self.w = self.w - 0.1 * self.dw; return dx",
    )
    assert remarks(tmp_path, step) == []
