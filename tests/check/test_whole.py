"""A whole network's gradients are right, or the first wrong one on the way back is named."""

from pathlib import Path

import pytest

import backlit as bl
from backlit.check import Finding
from backlit.cli import main
from backlit.errors import ConfigurationError, InputError
from tests.check.programs import written

pytestmark = pytest.mark.usefixtures("in_this_process")

PROGRAM = """
import numpy as np

def loss_and_gradients(p, images, labels):
    N = len(images)
    w, b = p["conv1.weight"], p["conv1.bias"]
    z = np.zeros((N, 2, 4, 4))
    for i in range(4):
        for j in range(4):
            z[:, :, i, j] = np.tensordot(images[:, :, i:i + 3, j:j + 3], w, ([1,2,3],[1,2,3])) + b
    a = np.maximum(z, 0)
    q = a.reshape(N, 2, 2, 2, 2, 2).max(axis=(3, 5))
    flat = q.reshape(N, -1)
    s = flat @ p["dense1.weight"].T + p["dense1.bias"]
    e = np.exp(s - s.max(1, keepdims=True)); e /= e.sum(1, keepdims=True)
    loss = -np.log(e[np.arange(N), labels]).mean()
    d = e.copy(); d[np.arange(N), labels] -= 1; d /= N
    g = {"dense1.weight": d.T @ flat, "dense1.bias": d.sum(0)}
    dq = (d @ p["dense1.weight"]).reshape(q.shape)
    dz = np.zeros_like(z)
    for n in range(N):
        for c in range(2):
            for i in range(2):
                for j in range(2):
                    win = a[n, c, 2 * i:2 * i + 2, 2 * j:2 * j + 2]
                    u, v = np.unravel_index(win.argmax(), (2, 2))
                    dz[n, c, 2 * i + u, 2 * j + v] += dq[n, c, i, j]
    dz = dz * (z > 0)
    dw = np.zeros_like(w)
    for i in range(4):
        for j in range(4):
            dw += np.tensordot(dz[:, :, i, j], images[:, :, i:i + 3, j:j + 3], ([0],[0]))
    g["conv1.weight"], g["conv1.bias"] = dw, dz.sum(axis=(0, 2, 3))
    return loss, g
"""
ZOO = Path(__file__).parent / "zoo"


@pytest.fixture(scope="module")
def network() -> bl.Network:
    layers = [bl.Conv2d(2, 3), bl.ReLU(), bl.MaxPool2d(2), bl.Flatten(), bl.Dense(3)]
    return bl.Network((1, 6, 6), layers)


def finding(path: Path, network: bl.Network) -> Finding:
    (found,) = bl.check(path, network=network).findings
    return found


def test_right_gradients_are_right(tmp_path: Path, network: bl.Network) -> None:
    found = finding(written(tmp_path, program=PROGRAM), network)
    assert found.verdict == "right", found.sentence
    assert "4 parameters" in found.sentence


@pytest.mark.parametrize(
    ("old", "new", "parameter", "mistake"),
    [
        ("dz = dz * (z > 0)", "pass", "conv1.weight", "slope-forgotten"),
        ("d /= N", "pass", "dense1.weight", "batch-average-forgotten"),
        ("dw += np", "dw = np", "conv1.weight", "assigned-not-added"),
        ("dz.sum(axis=(0, 2, 3))", "dz.mean(axis=(0, 2, 3))", "conv1.bias", "positions-averaged"),
        ("dz.sum(axis=(0, 2, 3))", "-dz.sum(axis=(0, 2, 3))", "conv1.bias", "sign"),
        ("d.T @ flat", "flat.T @ d", "dense1.weight", "wrong-shape"),
        ("] -= 1", "] -= 0", "dense1.weight", "onehot-forgotten"),
        ("] = dw, dz", "] = dw / N, dz", "conv1.weight", "batch-average-extra"),
        ("] = dw, dz", "] = dw * 3.5, dz", "conv1.weight", "scaled"),
        ("] = dw, dz", "] = dw.swapaxes(2, 3), dz", "conv1.weight", "transposed"),
        ("] = dw, dz", "] = dw[:, :, ::-1, ::-1], dz", "conv1.weight", "filter-turned"),
        ("for n in range(N)", "for n in range(1)", "conv1.weight", None),
        ("2 * i + u, 2 * j + v] +=", "2 * i:2 * i + 2, 2 * j:2 * j + 2] +=", "conv1.weight",
         "error-to-all"),
    ],
)  # fmt: skip
def test_the_first_wrong_gradient_on_the_way_back_is_named(
    tmp_path: Path, network: bl.Network, old: str, new: str, parameter: str, mistake: str | None
) -> None:
    found = finding(written(tmp_path, (old, new), program=PROGRAM), network)
    assert found.verdict == "wrong"
    assert found.sentence.startswith(f"The gradient of {parameter} is the first on the way back")
    if mistake is not None:
        assert found.mistakes == (mistake,)
        assert found.why
    assert found.first_wrong is not None
    assert found.first_wrong.result == parameter


def test_the_layer_whose_error_is_wrong_is_told(tmp_path: Path, network: bl.Network) -> None:
    found = finding(written(tmp_path, ("dz = dz * (z > 0)", "pass"), program=PROGRAM), network)
    assert "in the error of relu1, the slope is forgotten" in found.sentence
    assert "dense1.bias and dense1.weight are right" in found.sentence
    assert found.page.startswith("docs/operations/relu.md")


def test_a_wrong_loss_is_told(tmp_path: Path, network: bl.Network) -> None:
    found = finding(written(tmp_path, ("-np.log", "np.log"), program=PROGRAM), network)
    assert (found.verdict, found.mistake) == ("wrong", None)
    assert found.sentence.startswith("The loss is wrong: ")


def test_parameters_may_be_arguments_of_their_own(network: bl.Network) -> None:
    assert finding(ZOO / "right" / "net_02.py", network).verdict == "right"
    assert finding(ZOO / "wrong" / "net_06.py", network).mistakes == ("assigned-not-added",)


def test_the_command_line_takes_a_saved_network(
    tmp_path: Path, network: bl.Network, capsys: pytest.CaptureFixture[str]
) -> None:
    network.save(tmp_path / "net.npz")
    path = written(tmp_path, ("d /= N", "pass"), program=PROGRAM)
    assert main(["check", str(path), "--network", str(tmp_path / "net.npz")]) == 1
    assert "the 1/N of the mean is missing" in " ".join(capsys.readouterr().out.split())


CLASS = """
class CNN:
    def __init__(self, w1, b1, w2, b2):
        self.w1, self.b1, self.w2, self.b2 = w1, b1, w2, b2

    def loss(self, x, y):
        names = ["conv1.weight", "conv1.bias", "dense1.weight", "dense1.bias"]
        p = dict(zip(names, [self.w1, self.b1, self.w2, self.b2]))
        loss, g = loss_and_gradients(p, x, y)
        self.KEPT
        return loss
"""


@pytest.mark.parametrize(
    "kept",
    [
        "dw2, self.db2, self.db1, self.dw1 = [g[name] for name in names[2:] + names[1::-1]]",
        "grads = dict(zip(['w1', 'b1', 'w2', 'b2'], [g[name] for name in names]))",
        "gradients = g",
    ],
    ids=["attributes", "a dictionary", "our names"],
)
def test_a_class_keeps_its_gradients(tmp_path: Path, network: bl.Network, kept: str) -> None:
    program = PROGRAM + CLASS.replace("KEPT", kept)
    made = bl.check(written(tmp_path, program=program), function="CNN", network=network)
    assert [each.verdict for each in made.findings] == ["right"]
    assert "4 parameters" in made.findings[0].sentence
    wrong = written(tmp_path, ("dz = dz * (z > 0)", "pass"), program=program)
    (found,) = bl.check(wrong, function="CNN", network=network).findings
    assert found.mistakes == ("slope-forgotten",)


def test_wrong_usage(tmp_path: Path, network: bl.Network) -> None:
    path = written(tmp_path, program="def area(r):\n    return r * r\n")
    with pytest.raises(InputError, match="function of parameters, images and labels"):
        bl.check(path, network=network)
    with pytest.raises(ConfigurationError, match="not with a command"):
        bl.check(command=["true"], network=network)
    maps = bl.Network((1, 4, 4), [bl.Conv2d(2, 3)])
    with pytest.raises(InputError, match="scores of classes"):
        bl.check(written(tmp_path, program=PROGRAM), network=maps)
    raising = written(tmp_path, ("g = {", "g = {}[0] or {"), program=PROGRAM)
    assert finding(raising, network).mistakes == ("raised",)
