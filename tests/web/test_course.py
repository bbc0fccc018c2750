"""What a page is told of a run's training."""

import json
from pathlib import Path

import numpy as np
import pytest

import backlit as bl
from backlit.runs.evaluation import TEST, write_test
from backlit.web.course import course
from tests.web.networks import NETWORKS

SHAPE, LAYERS = NETWORKS["digits"]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of one epoch, which nobody has tested."""
    net = bl.Network(SHAPE, LAYERS, engine="pure", seed=1)
    images = np.random.default_rng(0).standard_normal((6, *SHAPE))
    folder = tmp_path / "run"
    bl.fit(net, (images, np.arange(6) % 3), epochs=1, batch_size=3, progress=False, run=folder)
    return folder


def test_the_epochs_and_the_rule(run: Path) -> None:
    told = course(bl.open_run(run))
    assert told
    assert [epoch["epoch"] for epoch in told["epochs"]] == [1]
    assert told["rule"] == bl.open_run(run).settings.optimizer.to_config()


def test_how_it_did_on_its_test_images(run: Path) -> None:
    write_test(run, {"images": 359, "loss": 0.25, "accuracy": 0.5, "epoch": 1})
    told = course(bl.open_run(run))
    assert told
    assert told["test"] == {"accuracy": 0.5, "loss": 0.25, "images": 359}


def test_a_loss_that_json_cannot_hold(run: Path) -> None:
    write_test(run, {"images": 3, "loss": float("inf"), "accuracy": 0.5, "epoch": 1})
    told = course(bl.open_run(run))
    assert told
    assert told["test"]["loss"] == "Infinity"
    json.dumps(told, allow_nan=False)


@pytest.mark.parametrize("content", [None, "", "{", "null", '{"images": 3}'])
def test_what_is_not_known_is_none(content: str | None, run: Path) -> None:
    if content is not None:
        (run / TEST).write_text(content, encoding="utf-8")
    told = course(bl.open_run(run))
    assert told
    assert told["test"] is None


def test_it_is_what_the_command_line_leaves(tmp_path: Path) -> None:
    from backlit.cli import main

    folder = tmp_path / "digits"
    arguments = ["train", "digits", "--limit", "60", "--epochs", "1", "--quiet"]
    assert main([*arguments, "--out", str(folder)]) == 0
    run = bl.open_run(folder)
    told, known = course(run), run.test_result
    assert told
    assert known
    assert told["test"] == {name: known[name] for name in ("accuracy", "loss", "images")}
    assert told["test"]["images"] == 15
