"""The fast engine is what is used where nobody asks for another."""

from pathlib import Path

import numpy as np
import pytest

import backlit as bl
from backlit.cli import main
from backlit.errors import ConfigurationError

LAYERS = [bl.Conv2d(4, 3), bl.ReLU(), bl.Flatten(), bl.Dense(2)]


def test_the_environment_decides_if_the_call_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    for own, engine in ((None, "fast"), ("", "fast"), ("pure", "pure"), ("fast", "fast")):
        if own is None:
            monkeypatch.delenv("BACKLIT_ENGINE")
        else:
            monkeypatch.setenv("BACKLIT_ENGINE", own)
        assert bl.Network((1, 5, 5), LAYERS).engine == engine
        assert bl.Network((1, 5, 5), LAYERS, engine="pure").engine == "pure"
    monkeypatch.setenv("BACKLIT_ENGINE", "fsat")
    with pytest.raises(ConfigurationError, match=r"BACKLIT_ENGINE must be .*pure, got 'fsat'"):
        bl.Network((1, 5, 5), LAYERS)


def test_a_network_is_trained_fast_and_explained_by_the_book(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import json

    monkeypatch.delenv("BACKLIT_ENGINE")
    run = str(tmp_path / "run")
    arguments = ["--limit", "60", "--epochs", "1", "--quiet", "--json"]
    assert main(["train", "digits", "--out", run, *arguments]) == 0
    capsys.readouterr()
    assert main(["info", run, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["engine"] == "fast"
    for words, engine in (
        ([], "pure"),
        (["--engine", "fast"], "fast"),
        (["--images", "0:15"], "pure"),
    ):
        assert main(["explain", run, "conv1.weight[0,0,1,1]", "--json", *words]) == 0
        document = json.loads(capsys.readouterr().out)
        assert document["engine"] == engine
        assert document["explanation"]["agreement"]["holds"]
    monkeypatch.setattr("backlit.runs.run._QUICK", 100)  # any network is a large one then
    assert main(["explain", run, "conv1.weight[0,0,1,1]", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["engine"] == "fast"


def test_both_engines_train_the_same_network(tmp_path: Path) -> None:
    """Steps of rounding errors apart: 20 steps of a smooth network, 2⁻²⁰ of the largest weight."""
    rng = np.random.default_rng(0)
    data = rng.standard_normal((20, 1, 5, 5)), rng.integers(0, 2, 20)
    nets = []
    for engine in ("pure", "fast"):
        layers = [bl.Conv2d(4, 3), bl.Tanh(), bl.Flatten(), bl.Dense(2)]
        net = bl.Network((1, 5, 5), layers, engine=engine)
        bl.fit(net, data, epochs=5, batch_size=5, progress=False)
        nets.append(net)
    for name, array in nets[0].parameters.items():
        assert np.abs(nets[1].parameters[name] - array).max() <= 2.0**-20 * np.abs(array).max()
