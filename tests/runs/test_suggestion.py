"""What ``backlit train`` suggests to explain: it works as typed, and there is something to see."""

from __future__ import annotations

import shlex
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

import backlit as bl
from backlit.explain.address import steepest_weight
from backlit.runs.suggestion import suggestion
from tests.cli.conftest import CommandLine, Result

FEW = ("digits", "--limit", "40", "--epochs", "1")


def suggested(result: Result) -> list[str]:
    """The arguments of the suggested ``backlit explain``."""
    line = next(line for line in result.out.splitlines() if " explain " in line)
    words = shlex.split(line)
    return words[words.index("explain") :]


def test_a_mistake_and_the_weight_that_it_pulls_at_hardest(
    backlit: CommandLine, tmp_path: Path
) -> None:
    words = suggested(backlit("train", *FEW, "--out", tmp_path / "run"))
    assert words[-1] == "--misclassified"
    explanation = backlit(*words, "--no-story", "--json").json["explanation"]
    weight, *others = [explanation["gradient"]] + [
        backlit("explain", words[1], f"conv1.weight[{o},0,1,1]", "--misclassified", "--no-story",
                "--json").json["explanation"]["gradient"]
        for o in range(3)
    ]  # fmt: skip
    assert abs(weight) >= max(map(abs, others))
    assert weight != 0


def test_without_mistakes_it_is_the_first_image(
    backlit: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = bl.Network.evaluate

    def evaluate(self: bl.Network, images: np.ndarray, labels: np.ndarray) -> object:
        del labels
        return right(self, images, self.predict(images))

    monkeypatch.setattr(bl.Network, "evaluate", evaluate)
    words = suggested(backlit("train", *FEW, "--out", tmp_path / "run", "--validation", "0"))
    assert words[-2:] == ["--image", "0"]
    assert backlit(*words, "--no-story").status == 0


def test_without_test_images_it_is_a_training_image(backlit: CommandLine, tmp_path: Path) -> None:
    for number, name in enumerate(("dark", "light")):
        folder = tmp_path / "photos" / name
        folder.mkdir(parents=True)
        pixels = np.random.default_rng(number).integers(0, 255, (8, 8), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / "a.png")
    run = tmp_path / "run"
    result = backlit("train", tmp_path / "photos", "--out", run, "--epochs", "1")
    assert "There are no test images." in result.out
    words = suggested(result)
    assert words[-4:] == ["--split", "train", "--image", "0"]
    assert backlit(*words, "--no-story").status == 0


def test_a_layer_that_learns_nothing() -> None:
    layers = [bl.Conv2d(2, 3), bl.ReLU(), bl.Flatten(), bl.Dense(3)]
    net = bl.Network((1, 5, 5), layers, seed=1)
    image = np.random.default_rng(0).normal(size=(1, 1, 5, 5))
    trace = bl.explain(net, image, np.array([1]))
    largest = max(
        (abs(trace["conv1.weight", *place].gradient or 0), place)
        for place in np.ndindex(2, 1, 3, 3)
    )
    assert (
        steepest_weight(trace.recording.gradients)
        == f"conv1.weight[{','.join(map(str, largest[1]))}]"
    )
    net.parameters["conv1.bias"][...] = -50
    assert (
        steepest_weight(net.loss_and_gradients(image, np.array([1]))[1]) == "conv1.weight[0,0,1,1]"
    )


def test_without_weights_there_is_the_loss() -> None:
    net = bl.Network((1, 2, 2), [bl.Flatten()], seed=1)
    run: Any = SimpleNamespace(
        network=net,
        test_result=None,
        dataset=SimpleNamespace(test=(None, None), train=(np.zeros((1, 1, 2, 2)), np.array([1]))),
    )
    assert suggestion(run) == ("loss", "--split", "train", "--image", "0")
