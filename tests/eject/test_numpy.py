"""A network with NumPy computes what backlit computes, whatever its layers are."""

from __future__ import annotations

import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings

import backlit as bl
from backlit import eject
from backlit.network.ejecting import describe, rule_of
from tests.eject.networks import WITHOUT_WEIGHTS, examples, network, networks
from tests.eject.test_learning import LAYERS, OPTIMIZERS, learning
from tests.eject.test_python import program

EXAMPLES = examples()


def check(net: bl.Network, training: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """The program's own test finds all equal; NumPy warns of nothing."""
    with np.errstate(all="warn"), warnings.catch_warnings():
        warnings.simplefilter("error")
        source = net.eject("numpy", training=training)
        assert not re.search(r"\bapply\(|\blist\)", source)
        status = program(source)["main"](["test"])
    printed = capsys.readouterr().out
    assert status == 0, printed
    assert printed.count(": equal\n") == printed.count("\n") >= 5


@pytest.mark.parametrize("training", [False, True], ids=["forward", "training"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_each_layer(name: str, training: bool, capsys: pytest.CaptureFixture[str]) -> None:
    check(network(EXAMPLES[name]), training, capsys)


def test_without_weights(capsys: pytest.CaptureFixture[str]) -> None:
    check(network(WITHOUT_WEIGHTS), False, capsys)


@given(networks())
@settings(
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_network(capsys: pytest.CaptureFixture[str], net: bl.Network) -> None:
    check(net, True, capsys)


@pytest.mark.widths
@given(networks())
@settings(
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_of_many_networks(capsys: pytest.CaptureFixture[str], net: bl.Network) -> None:
    check(net, True, capsys)


def test_windows_that_overlap_add_their_errors(capsys: pytest.CaptureFixture[str]) -> None:
    layers = [bl.Conv2d(2, 1), bl.Conv2d(2, 2), bl.Flatten(), bl.Dense(3)]
    source = network(layers).eject("numpy", training=True)
    broken = source.replace("+= columns[:, :, u, v]", "= columns[:, :, u, v]")
    assert broken != source
    assert program(broken)["main"](["test"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines if "NOT" in line] == ["dW of conv1", "db of conv1"]


def test_col2im_is_the_adjoint_of_im2col() -> None:
    layers = [bl.Conv2d(2, 2), bl.Flatten(), bl.Dense(3)]
    names = program(network(layers).eject("numpy", training=True))
    options = ((3, 2), (2, 1), ((1, 0), (2, 1)), (1, 2))
    X = np.arange(2 * 3 * 7 * 6).reshape(2, 3, 7, 6) % 11 - 5
    columns, output = names["im2col"](X, *options)
    errors = np.arange(columns.size).reshape(columns.shape) % 7 - 3
    dX = names["col2im"](errors, X.shape[2:], output, *options)
    assert (columns * errors).sum() == (X * dX).sum()  # whole numbers: no rounding


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_three_steps_are_those_of_the_optimizer(optimizer: Any) -> None:
    net = network([bl.Flatten(), bl.Dense(3)])
    names = program(eject.write(describe(net, True, rule=rule_of(optimizer, 1, 4)), "numpy"))
    W = names["W"]["dense1"]
    value, state = W.copy(), None
    kept = [np.zeros_like(value) for _ in optimizer.equations.kept]
    for step in range(1, 4):
        gradient = np.cos(np.arange(value.size) + step).reshape(value.shape)
        change, state = optimizer.update(value, gradient, state)
        value = value + change
        counted = [step] if "step" in optimizer.state_names else []
        names["update"](W, gradient, *kept, *counted)
    # A step is a dozen operations, each of which rounds once.
    assert np.allclose(W, value, rtol=1e-13, atol=1e-14)


def test_it_learns_and_keeps_what_it_has_learned(tmp_path: Path) -> None:
    file, kept = tmp_path / "cnn.py", tmp_path / "learned"
    file.write_text(eject.write(learning(LAYERS), "numpy"), encoding="utf-8")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, file, *words], capture_output=True, text=True, check=False
        )

    done = run("train", "--save", str(kept))
    assert (done.returncode, done.stderr) == (0, "")
    losses = [float(line.split()[3].rstrip(",")) for line in done.stdout.splitlines()]
    assert losses[2] < losses[0] / 2
    on = run("train", "--go-on", "--weights", str(kept)).stdout.split()
    assert float(on[3].rstrip(",")) < losses[0] / 2
    picture = tmp_path / "x.pgm"
    picture.write_bytes(b"P2 8 8 255 " + b" 100" * 64 + b"\n")
    said = run("predict", str(picture), "--weights", str(kept))
    assert (said.returncode, said.stdout.count("%")) == (0, 3)
