"""Networks that work otherwise in training: as in a training step, or as in evaluation."""

import io
import json
import re
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.cli import main
from backlit.data import load_dataset
from tests.cli.conftest import CommandLine

LAYERS = [
    {"layer": "Conv2d", "filters": 2, "kernel_size": 8},
    {"layer": "BatchNorm2d"},  # of one number for each channel and image
    {"layer": "Dropout", "rate": 0.9},
    {"layer": "Flatten"},
    {"layer": "Dense", "units": 10},
]
WEIGHT = "conv1.weight[0,0,1,1]"


@pytest.fixture(scope="module")
def modal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("modal")
    network = folder / "network.json"
    network.write_text(json.dumps({"input_shape": [1, 8, 8], "layers": LAYERS}))
    run = folder / "run"
    words = ["train", "digits", "--model", network, "--out", run, "--limit", "60", "--epochs", "1"]
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()) as said:
        assert main(list(map(str, words))) == 0, said.getvalue()
    return run


def test_one_image_has_no_statistics(backlit: CommandLine, modal: Path) -> None:
    refused = backlit("explain", modal, WEIGHT, "--image", "3")
    assert refused.status == 1
    assert "needs more than one number for each channel in training" in refused.sentence
    told = backlit("explain", modal, WEIGHT, "--image", "3", "--evaluation")
    assert told.status == 0
    assert "As in evaluation, batch norm uses mean and variance of the training and dropout" in (
        " ".join(told.out.split())
    )


def test_evaluation_is_offered_where_it_is_not_shown(backlit: CommandLine, modal: Path) -> None:
    told = " ".join(backlit("explain", modal, WEIGHT, "--images", "0:4").out.split())
    assert "dropout leaves some numbers out. (--evaluation shows the other.)" in told


def test_what_is_wrong_is_wrong_in_its_explanation(backlit: CommandLine, modal: Path) -> None:
    """Whatever dropout would have made of it."""
    told = backlit("explain", modal, WEIGHT, "--misclassified", "--json").json
    assert not told["training"]
    net, (number,) = bl.load(modal), told["images"]
    images, labels = load_dataset("digits", limit=60).test
    true = bl.explain(net, images[[number]], labels[[number]], training=False)
    assert np.argmax(true.recording.logits) != labels[number]
    assert told["loss"] == pytest.approx(true.recording.loss, rel=1e-5)


def test_a_figure_of_one_image(backlit: CommandLine, modal: Path, tmp_path: Path) -> None:
    words: list[Any] = ["plot", modal, "contributions", "--image", "3", "--out", tmp_path / "x.svg"]
    assert backlit(*words).status == 1
    assert backlit(*words, "--evaluation").status == 0
    assert backlit(*words[:3], "--misclassified", *words[5:]).status == 0


def test_a_served_page(backlit: CommandLine, modal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from backlit.web import server
    from backlit.web.page import live_page

    pages: list[str] = []

    def serve(live: Any, opening: Any, listening: Any, ready: Any) -> None:
        listening.close()
        pages.append(live_page(live, opening))

    monkeypatch.setattr(server, "serve", serve)
    words = ("serve", modal, "--count", "1", "--no-browser", "--port", "0")
    assert backlit(*words).status == 1
    assert backlit(*words, "--evaluation").status == 0
    data = json.loads(re.findall(r'id="document">(.*?)</script>', pages[0])[0])
    assert data["training"] is False
