"""``backlit explain``: the run's data again, one number, everything that belongs to it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.data import Dataset
from backlit.explain import explain
from backlit.training import SGD
from tests.explain.counting import Work

from .conftest import CommandLine

WEIGHT = "conv1.weight[0,0,1,1]"
KEPT = "The run has kept that from its last step."


def data_of(run: Path) -> Dataset:
    return bl.open_run(run).dataset


def test_without_an_address_it_lists_what_there_is(backlit: CommandLine, trained: Path) -> None:
    result = backlit("explain", trained)
    assert result.status == 0
    listed = {line.split()[0] for line in result.out.splitlines()[3:]}
    images, labels = data_of(trained).test
    trace = explain(bl.load(trained), images[:1], labels[:1])
    assert listed == set(trace.shapes)
    assert set(backlit("explain", trained, "--json").json["arrays"]) == listed


def test_everything_that_is_listed_can_be_explained(backlit: CommandLine, trained: Path) -> None:
    arrays = backlit("explain", trained, "--json").json["arrays"]
    for name, shape in arrays.items():
        address = f"{name}[{','.join('0' * len(shape))}]" if shape else name
        result = backlit("explain", trained, address, "--no-story")
        assert result.status == 0, result.err
        assert result.out.split("\n\n")[1].startswith(address)


def test_a_weight_with_its_story(backlit: CommandLine, trained: Path) -> None:
    result = backlit("explain", trained, WEIGHT, "--image", "7")
    assert (result.status, result.err) == (0, "")
    images, number, *_ = result.out.split("\n\n")
    assert images.startswith(
        "Image 7 of the test images (the only image of its batch, so number 0)"
    )
    assert number.startswith("conv1.weight[0,0,1,1] = ")
    assert "probability minus truth" in result.out
    assert result.out.count("The nudge") == result.out.count("loss as it is") == 1
    asked = backlit("explain", trained, WEIGHT, "--image", "7", "--nudge")
    assert asked.out.startswith(result.out.rstrip())  # the story ends with it anyway
    assert "How far to another answer: " + WEIGHT in asked.out
    assert "How far" not in result.out
    assert max(map(len, result.out.splitlines())) <= 80


def test_json_is_the_same_as_from_python(backlit: CommandLine, trained: Path) -> None:
    document = backlit("explain", trained, WEIGHT, "--image", "3", "--nudge", "--json").json
    assert document.keys() == {
        *(
            "run",
            "engine",
            "split",
            "images",
            "training",
            "labels",
            "loss",
            "explanation",
            "update",
            "nudge",
            "flip",
            "story",
        ),
    }
    images, labels = data_of(trained).test
    network = bl.load(trained)
    trace = explain(network, images[3:4], labels[3:4])
    ours = trace[WEIGHT]
    assert document["images"] == [3]
    assert document["labels"] == labels[3:4].tolist()
    assert document["loss"] == trace.recording.loss
    assert document["explanation"] == ours.to_dict()
    assert document["nudge"] == ours.nudge(1e-3).to_dict()
    assert document["flip"] == ours.flip().to_dict()
    assert document["update"]["optimizer"] == SGD(0.05, momentum=0.9).to_config()
    # The run's own momentum, as its last step left it.
    velocity = bl.open_run(trained).optimizer_state["conv1.weight"]["momentum"]
    assert velocity.any()
    own: dict[str, Any] = {
        "optimizer": SGD(0.05, momentum=0.9),
        "state": {"momentum": velocity},
        "note": KEPT,
    }
    assert document["update"] == ours.update(**own).to_dict()
    assert document["update"]["memory"] == "given"
    assert document["story"] == trace.story(WEIGHT, image=0, **own).to_dict()


def test_the_memory_of_other_weights_is_left_alone(backlit: CommandLine, run: Path) -> None:
    """Early stopping brings back the best weights; the last step's velocity is not theirs."""
    network = bl.load(run)
    network.parameters["conv1.weight"][0, 0, 0, 0] += 1
    network.save(run / "weights.safetensors")
    arguments = ("explain", run, WEIGHT, "--no-story", "--json")
    first = backlit(*arguments).json["update"]
    assert first["memory"] == "first"
    assert KEPT not in first["sentence"]
    given = backlit("explain", run, "conv2.bias[0]", "--json").json["update"]
    assert given["memory"] == "given"
    assert given["sentence"].endswith(KEPT)
    plain = backlit(*arguments, "--learning-rate", "0.1").json["update"]
    assert plain["memory"] == "none"
    assert KEPT not in plain["sentence"]


@pytest.mark.parametrize("change", ["a picture", "a label", "a name"])
def test_other_data_than_the_run_was_trained_on_is_refused(
    change: str, backlit: CommandLine, tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    arrays: dict[str, Any] = {
        "x_train": rng.integers(0, 255, (20, 6, 6), np.uint8),
        "y_train": np.arange(20) % 2,
        "x_test": rng.integers(0, 255, (4, 6, 6), np.uint8),
        "y_test": np.arange(4) % 2,
        "classes": np.array(["cat", "dog"]),
    }
    np.savez(tmp_path / "own.npz", **arrays)
    arguments = ("--epochs", "1", "--quiet", "--out", tmp_path / "run")
    assert backlit("train", tmp_path / "own.npz", *arguments).status == 0
    assert backlit("explain", tmp_path / "run", "conv1.bias[0]", "--no-story").status == 0
    match change:
        case "a picture":
            arrays["x_train"][3, 2, 2] ^= 1
        case "a label":
            arrays["y_train"][[2, 3]] = arrays["y_train"][[3, 2]]
        case "a name":
            arrays["classes"] = np.array(["cat", "fox"])
    np.savez(tmp_path / "own.npz", **arrays)
    result = backlit("explain", tmp_path / "run", "conv1.bias[0]")
    assert result.status == 1
    assert "are not those that the run" in result.sentence


def test_a_batch(backlit: CommandLine, trained: Path) -> None:
    document = backlit(
        "explain", trained, "conv2.bias[3]", "--images", "2:8", "--split", "train", "--json"
    ).json
    images, labels = data_of(trained).train
    trace = explain(bl.load(trained), images[2:8], labels[2:8])
    assert document["split"] == "train"
    assert document["images"] == [2, 3, 4, 5, 6, 7]
    assert document["explanation"]["gradient"] == trace["conv2.bias", 3].gradient
    strongest = trace.story("conv2.bias", 3).image
    assert document["story"]["image"] == strongest
    one = backlit("explain", trained, "conv2.bias[3]", "--images", "2:8", "--image", "6", "--json")
    assert one.json["story"]["image"] == 4
    text = backlit("explain", trained, "conv2.bias[3]", "--images", "2:8", "--no-story")
    assert text.out.startswith("A batch of 6 test images, 2 to 7.")


@pytest.mark.parametrize(
    ("address", "right"),
    [
        ("input[0,0,3,3]", "input[2,0,3,3]"),
        ("relu1.output[1,0,2,2]", "relu1.output[2,0,2,2]"),
        ("probability[1,7]", "probability[2,7]"),
    ],
)
def test_an_address_of_another_image_than_the_picked_one_is_refused(
    address: str, right: str, backlit: CommandLine, trained: Path
) -> None:
    batch = ("--images", "0:3", "--image", "2")
    result = backlit("explain", trained, address, *batch)
    assert result.status == 2
    assert (
        f"{address} is of image number {address.split('[')[1][0]} of the batch" in result.sentence
    )
    assert f"write '{right}', or leave out --image" in result.sentence
    assert backlit("explain", trained, right, *batch).status == 0
    for other in ("loss", WEIGHT):
        assert backlit("explain", trained, other, *batch, "--no-story").status == 0


def test_a_misclassified_image(backlit: CommandLine, trained: Path) -> None:
    images, labels = data_of(trained).test
    wrong = np.flatnonzero(bl.load(trained).predict(images) != labels)
    document = backlit("explain", trained, WEIGHT, "--misclassified", "--no-story", "--json").json
    assert document["images"] == [wrong[0]]
    assert document["story"] is None


def test_where_nothing_is_misclassified(
    backlit: CommandLine, trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bl.Network, "predict", lambda self, images: data_of(trained).test[1])
    result = backlit("explain", trained, WEIGHT, "--misclassified")
    assert result.status == 1
    assert "gets all of these 15 images right" in result.sentence


def test_the_update_of_another_rate(backlit: CommandLine, trained: Path) -> None:
    document = backlit("explain", trained, WEIGHT, "--learning-rate", "0.25", "--json").json
    update = document["update"]
    assert update["optimizer"] == SGD(0.25).to_config()
    assert update["new"] == update["old"] - 0.25 * update["gradient"]
    (step,) = (step for step in document["story"]["steps"] if step["kind"] == "update")
    assert step["update"] == update


def test_a_rule_that_the_training_did_not_use_is_said_to_be_one(
    backlit: CommandLine, trained: Path
) -> None:
    plain = backlit("explain", trained, WEIGHT, "--learning-rate", "0.25", "--no-story").out
    text = " ".join(plain.split())
    assert "Shown is plain gradient descent at a rate of 0.25. The training itself used SGD" in text
    assert "Shown is" not in backlit("explain", trained, WEIGHT).out


def test_the_nudge_is_as_large_as_asked(backlit: CommandLine, trained: Path) -> None:
    document = backlit(
        "explain", trained, "input[0,0,3,3]", "--nudge", "--epsilon", "0.01", "--json"
    ).json
    assert document["nudge"]["epsilon"] == 0.01
    assert document["update"] is document["story"] is None


@pytest.mark.parametrize(("typed", "listed"), [([], 8), (["--terms", "3"], 3)])
def test_as_many_terms_as_asked(
    typed: list[str], listed: int, backlit: CommandLine, trained: Path
) -> None:
    text = backlit("explain", trained, WEIGHT, "--no-story", *typed).out
    assert f"{36 - listed} others" in text


def test_terms_in_loop_order(backlit: CommandLine, trained: Path) -> None:
    text = backlit("explain", trained, WEIGHT, "--no-story", "--order", "loop", "--terms", "4").out
    lines = text.splitlines()
    (head,) = (k for k, line in enumerate(lines) if line.split()[:2] == ["i", "j"])
    assert [line.split()[:2] for line in lines[head + 1 : head + 5]] == [
        *(["0", "0"], ["0", "1"], ["0", "2"], ["0", "3"]),
    ]


def test_fewer_terms_in_json(backlit: CommandLine, trained: Path) -> None:
    some = backlit("explain", trained, WEIGHT, "--terms", "2", "--json").json["explanation"]
    assert len(some["terms"]) == 2
    assert some["term_count"] == 36


def test_data_is_found_again_from_elsewhere_but_not_if_it_moves(
    backlit: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PIL import Image

    random = np.random.default_rng(0)
    for name in ("a", "b"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for k in range(5):
            pixels = random.integers(0, 255, (8, 8), np.uint8)
            Image.fromarray(pixels).save(tmp_path / "photos" / name / f"{k}.png")
    run = tmp_path / "run"
    arguments = ("--epochs", "1", "--quiet", "--validation", "0")
    monkeypatch.chdir(tmp_path)
    assert backlit("train", "photos", "--out", run, *arguments).status == 0
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert backlit("explain", run, "dense1.bias[0]", "--no-story").status == 0
    shutil.move(tmp_path / "photos", tmp_path / "pictures")
    result = backlit("explain", run, "dense1.bias[0]")
    assert result.status == 1
    assert str(tmp_path / "photos") in result.sentence


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["conv9.weight[0,0,0,0]"], 2, "did you mean conv"),
        (["conv1.weight[0,0,3,0]"], 2, "the last element is conv1.weight[7,0,2,2]"),
        (["conv1.weight[0]"], 2, "give 4 indices"),
        (["conv1.weight[0,0,1"], 2, "an address is written like"),
        (["conv1.weight[0,0,x,1]"], 2, "whole numbers"),
        (["relu1.output[1,0,0,0]"], 2, "relu1.output"),
        (["conv1.weight[0,0,1_0,1]"], 2, "whole numbers"),
        (["conv1.bias[" + "9" * 500 + "]"], 2, "whole numbers"),
        ([WEIGHT, "--image", "15"], 1, "the test images are 0 to 14"),
        ([WEIGHT, "--image", "9", "--images", "0:4"], 1, "the batch is 0:4"),
        ([WEIGHT, "--images", "10:16"], 1, "there are 15 test images"),
        ([WEIGHT, "--images", "4:4"], 2, "0:64"),
        ([WEIGHT, "--images", "4"], 2, "0:64"),
        ([WEIGHT, "--image", "-1"], 2, "at least 0"),
        ([WEIGHT, "--split", "holdout"], 2, "test, train"),
        ([WEIGHT, "--order", "random"], 2, "largest, loop"),
        ([WEIGHT, "--terms", "0"], 2, "at least 1"),
        ([WEIGHT, "--epsilon", "0"], 2, "above 0"),
        ([WEIGHT, "--learning-rate", "0"], 2, "above 0"),
        ([WEIGHT, "--image", "1", "--misclassified"], 2, "not both"),
        (["relu1.output[0,0,0,0]", "--nudge"], 2, "can be nudged"),
    ],
)
def test_what_cannot_be_explained(
    arguments: list[str], status: int, says: str, backlit: CommandLine, trained: Path
) -> None:
    result = backlit("explain", trained, *arguments)
    assert result.status == status
    assert result.out == ""
    assert says in result.sentence


def test_a_network_alone_has_no_data(backlit: CommandLine, trained: Path, tmp_path: Path) -> None:
    bl.load(trained).save(tmp_path / "network.safetensors")
    result = backlit("explain", tmp_path / "network.safetensors", WEIGHT)
    assert result.status == 1
    assert "without its data" in result.sentence


def test_nothing_is_worked_out_twice(
    backlit: CommandLine, trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = Work(monkeypatch)
    options = ("--images", "0:3", "--image", "1", "--nudge", "--engine", "pure")
    result = backlit("explain", trained, WEIGHT, *options)
    assert result.status == 0, result.err
    assert work.parsed == {WEIGHT: 1}
    assert work.passes == 3  # the batch, and both sides of the nudge
    assert work.networks == 4  # the run's, both sides of the nudge, and one to find another answer
    assert set(work.evaluations.values()) == {1}
    one_sum = backlit("explain", trained, WEIGHT, "--no-story")
    assert one_sum.status == 0
    assert work.passes == 4


OUTPUT = "relu1.output[0,0,1,1]"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        *(
            (arguments, f"{arguments[0]} is for the explanation of one number: name its ADDRESS")
            for arguments in (
                ["--image", "5"],
                ["--images", "0:4"],
                ["--misclassified"],
                ["--split", "train"],
                ["--data-dir", "."],
                ["--evaluation"],
                ["--engine", "pure"],
                ["--nudge"],
                ["--epsilon", "0.001"],
                ["--terms", "3"],
                ["--order", "loop"],
                ["--learning-rate", "0.1"],
                ["--no-story"],
            )
        ),
        (["--html", "a.html", "--nudge"], "--nudge does not apply to the page of --html"),
        ([WEIGHT, "--html", "a.html", "--no-story"], "--no-story does not apply to the page"),
        ([WEIGHT, "--json", "--order", "largest"], "--order does not apply to --json"),
        ([OUTPUT, "--learning-rate", "0.1"], f"of a weight or a bias, and {OUTPUT} is not learned"),
        ([OUTPUT, "--epsilon", "0.1"], "--epsilon is the ε of a nudge: add --nudge"),
        ([WEIGHT, "--no-story", "--epsilon", "0.1"], "--epsilon is the ε of a nudge: add --nudge"),
    ],
)
def test_an_option_that_would_change_nothing_is_named(
    arguments: list[str],
    says: str,
    backlit: CommandLine,
    trained: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = backlit("explain", trained, *arguments)
    assert result.status == 2
    assert says in result.sentence
    assert result.out == ""
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "arguments", [["--epsilon", "0.01"], ["--no-story", "--epsilon", "0.01", "--nudge"]]
)
def test_epsilon_is_used_wherever_there_is_a_nudge(
    arguments: list[str], backlit: CommandLine, trained: Path
) -> None:
    result = backlit("explain", trained, WEIGHT, *arguments)
    assert result.status == 0
    assert "0.01" in result.out
