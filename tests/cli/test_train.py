"""``backlit train``: begin, end, interrupt, resume."""

from __future__ import annotations

import inspect
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from backlit import fit, load
from backlit.cli.app import COMMANDS
from backlit.cli.train import command as train_command
from backlit.models import MODELS
from backlit.recipes import RECIPES
from backlit.runs.plan import OPTIMIZERS, SCHEDULES
from backlit.runs.plan import TrainingPlan as Plan
from backlit.training import AdamW, EarlyStopping, WarmUp, optimizers, schedules
from backlit.training.locking import RunLock
from backlit.training.settings import DEFAULT_OPTIMIZER, Settings

from .conftest import CommandLine

FEW = ("digits", "--limit", "40", "--epochs", "1")


def test_a_training_ends_with_its_accuracy_and_what_to_type_next(
    backlit: CommandLine, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    result = backlit("train", *FEW, "--out", out)
    assert result.status == 0
    assert result.out.startswith("Test accuracy ")
    assert " of 10 images" in result.out
    assert f" explain {out} 'conv1.weight[" in result.out
    assert f"predict {out} PICTURE" in result.out
    assert "The weights were changed only 1 time, once a batch" in " ".join(result.out.split())
    assert "Training on 36 images, validating on 4: 1 epoch of 1 batch." in result.err
    network = load(out)
    assert network.classes == tuple("0123456789")
    assert network.normalization is not None


def test_json_is_all_there_is_on_standard_output(backlit: CommandLine, tmp_path: Path) -> None:
    result = backlit("train", *FEW, "--out", tmp_path / "run", "--json")
    assert result.status == 0
    assert result.json.keys() == {"run", "plan", "parameters", "history", "test"}
    assert result.json["parameters"] == load(tmp_path / "run").summary().parameters
    assert result.json["plan"]["limit"] == 40
    assert result.json["plan"]["learning_rate"] == 0.05
    assert len(result.json["history"]["epochs"]) == 1
    assert result.json["test"]["images"] == 10
    assert "epoch 1/1" in result.err


def test_quiet_shows_no_progress(backlit: CommandLine, tmp_path: Path) -> None:
    result = backlit("train", *FEW, "--out", tmp_path / "run", "--quiet")
    assert result.err == ""
    assert "Test accuracy" in result.out


def test_every_option_arrives(backlit: CommandLine, tmp_path: Path) -> None:
    options = (
        *("--limit", "30", "--image-size", "9x7", "--validation", "0.2", "--model", "small"),
        *("--engine", "pure", "--epochs", "2", "--batch-size", "8", "--optimizer", "rmsprop"),
        *("--learning-rate", "0.003", "--momentum", "0.5", "--weight-decay", "0.01"),
        *("--schedule", "cosine", "--warm-up", "0.25", "--clip", "1.5"),
        *("--early-stopping", "4", "--seed", "3"),
        *("--augment-shift", "2", "--augment-flip"),
    )
    result = backlit("train", "digits", "--out", tmp_path / "run", *options, "--quiet")
    assert result.status == 0
    config = json.loads((tmp_path / "run" / "config.json").read_text(encoding="utf-8"))
    assert config["network"]["input_shape"] == [1, 9, 7]
    assert config["network"]["seed"] == 3
    assert config["data"]["training"]["images"] == 24
    assert config["data"]["validation"]["images"] == 6
    assert config["data"]["augmentation"] == {"shift": 2, "flip": True, "seed": 3}
    settings = config["settings"]
    assert (settings["epochs"], settings["batch_size"], settings["seed"]) == (2, 8, 3)
    assert settings["clip"] == 1.5
    assert settings["optimizer"]["optimizer"] == "RMSprop"
    assert settings["optimizer"]["learning_rate"] == 0.003
    assert settings["optimizer"]["momentum"] == 0.5
    assert settings["optimizer"]["weight_decay"] == 0.01
    assert settings["schedule"]["share"] == 0.25
    assert settings["schedule"]["then"]["schedule"] == "CosineDecay"
    assert config["callbacks"][0]["patience"] == 4


def test_the_same_seed_gives_the_same_run(backlit: CommandLine, tmp_path: Path) -> None:
    for name in ("a", "b"):
        backlit("train", *FEW, "--out", tmp_path / name, "--quiet")
    first, second = (load(tmp_path / name).parameters for name in ("a", "b"))
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_a_folder_of_colored_pictures(backlit: CommandLine, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    for number, color in enumerate(((200, 40, 40), (40, 40, 200))):
        folder = tmp_path / "photos" / ("red", "blue")[number]
        folder.mkdir(parents=True)
        for k in range(8):
            pixels = random.normal(color, 20, (12, 10, 3)).clip(0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / f"{k}.png")
    run = tmp_path / "run"
    result = backlit(
        "train", tmp_path / "photos", "--out", run, "--epochs", "2", "--image-size", "8"
    )
    assert result.status == 0
    assert "held out for testing" in result.err
    assert load(run).input_shape == (3, 8, 8)
    told = backlit("predict", run, tmp_path / "photos" / "red" / "0.png", "--json").json
    assert told["predictions"][0]["class"] in {"red", "blue"}


# --- resume ------------------------------------------------------------------------------------


def test_a_run_can_be_made_longer_and_is_the_run_that_it_would_have_been(
    backlit: CommandLine, tmp_path: Path
) -> None:
    backlit("train", *FEW, "--out", tmp_path / "short", "--quiet")
    result = backlit("train", "--out", tmp_path / "short", "--resume", "--epochs", "2", "--json")
    assert result.status == 0
    assert result.json["plan"]["epochs"] == 2
    assert "resuming with epoch 2 of 2" in result.err
    backlit("train", *FEW[:-1], "2", "--out", tmp_path / "long", "--quiet")
    ours, whole = (load(tmp_path / name).parameters for name in ("short", "long"))
    assert all(np.array_equal(ours[name], whole[name]) for name in ours)


def test_a_run_that_was_made_longer_can_be_resumed_without_saying_so_again(
    backlit: CommandLine, run: Path
) -> None:
    backlit("train", "--out", run, "--resume", "--epochs", "2", "--quiet")
    result = backlit("train", "--out", run, "--resume")
    assert result.status == 0
    assert "Nothing left to train" in result.err


@pytest.mark.parametrize(
    "options",
    [
        ["digits"],
        ["--limit", "60", "--validation", "0.1"],
        ["--optimizer", "sgd", "--learning-rate", "0.05", "--momentum", "0.9"],
        ["--engine", "pure", "--model", "small"],
    ],
)
def test_saying_the_same_again_is_no_contradiction(
    options: list[str], backlit: CommandLine, trained: Path
) -> None:
    assert backlit("train", *options, "--out", trained, "--resume", "--quiet").status == 0


def test_a_resumed_run_changes_its_pictures_as_it_would_have(
    backlit: CommandLine, tmp_path: Path
) -> None:
    few = ("digits", "--limit", "40", "--validation", "0", "--seed", "4")
    moving = (*few, "--augment-shift", "1")
    backlit("train", *moving, "--epochs", "1", "--out", tmp_path / "a", "--quiet")
    result = backlit("train", "--out", tmp_path / "a", "--resume", "--epochs", "2", "--quiet")
    assert result.status == 0
    backlit("train", *moving, "--epochs", "2", "--out", tmp_path / "b", "--quiet")
    backlit("train", *few, "--epochs", "2", "--out", tmp_path / "c", "--quiet")
    resumed, whole, plain = (load(tmp_path / name).parameters for name in "abc")
    assert all(np.array_equal(resumed[name], whole[name]) for name in resumed)
    assert any(not np.array_equal(plain[name], whole[name]) for name in plain)


def test_validation_zero_trains_on_every_image(backlit: CommandLine, tmp_path: Path) -> None:
    result = backlit("train", *FEW, "--validation", "0", "--out", tmp_path / "run")
    assert result.status == 0
    assert "Training on 40 images: 1 epoch" in result.err
    config = json.loads((tmp_path / "run" / "config.json").read_text(encoding="utf-8"))
    assert config["data"]["validation"] is None


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["mnist"], "DATA mnist contradicts"),
        (["--learning-rate", "0.1"], "--learning-rate 0.1 contradicts"),
        (["--momentum", "0"], "--momentum 0.0 contradicts"),
        (["--optimizer", "adam"], "--optimizer adam contradicts"),
        (["--limit", "61"], "--limit 61 contradicts"),
        (["--image-size", "9"], "--image-size 9x9 contradicts"),
        (["--model", "lenet"], "--model lenet contradicts"),
        (["--seed", "1"], "--seed 1 contradicts"),
        (["--early-stopping", "1"], "--early-stopping 1 contradicts"),
        (["--nesterov"], "--nesterov True contradicts"),
        (["--augment-shift", "1"], "--augment-shift 1 contradicts"),
        (["--augment-flip"], "--augment-flip True contradicts"),
        (["--recipe", "fashion-elu"], "--recipe fashion-elu contradicts"),
    ],
)
def test_a_contradiction_is_named(
    options: list[str], says: str, backlit: CommandLine, trained: Path
) -> None:
    before = {path.name: path.read_bytes() for path in trained.iterdir()}
    result = backlit("train", *options, "--out", trained, "--resume")
    assert result.status == 2
    assert says in result.sentence
    assert {path.name: path.read_bytes() for path in trained.iterdir()} == before


def test_there_must_be_a_run_to_resume(backlit: CommandLine, tmp_path: Path) -> None:
    result = backlit("train", "--out", tmp_path / "none", "--resume")
    assert result.status == 1
    assert result.sentence == f"there is no run {tmp_path / 'none'}"


def test_a_run_is_never_overwritten(backlit: CommandLine, trained: Path) -> None:
    result = backlit("train", *FEW, "--out", trained)
    assert result.status == 1
    assert "already holds a run: continue it with " in result.sentence
    assert f"train --out {trained} --resume, or choose another folder" in result.sentence


def test_a_run_from_a_program_says_nothing_of_its_data(
    backlit: CommandLine, tmp_path: Path
) -> None:
    import backlit as bl

    network = bl.Network((1, 4, 4), [bl.Flatten(), bl.Dense(2)])
    images = np.random.default_rng(0).normal(size=(4, 1, 4, 4))
    bl.fit(network, (images, [0, 1, 0, 1]), epochs=1, progress=False, run=tmp_path / "run")
    result = backlit("train", "--out", tmp_path / "run", "--resume")
    assert result.status == 1
    assert "was not begun with backlit train" in result.sentence
    assert backlit("info", tmp_path / "run").status == 0


@pytest.mark.skipif(os.name == "nt", reason="only on POSIX is Ctrl-C a signal to one process")
def test_control_c_saves_and_says_how_to_go_on(tmp_path: Path) -> None:
    run = tmp_path / "my run"
    command = [sys.executable, "-m", "backlit", "train", "digits", "--out", str(run)]
    process = subprocess.Popen(
        [*command, "--epochs", "1000", "--limit", "100"], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    for line in process.stderr:
        if line.startswith("epoch 1/"):
            break
    process.send_signal(signal.SIGINT)
    rest = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 130
    *_, sentence = rest.splitlines()
    assert sentence.startswith("backlit: error: training was interrupted in epoch ")
    assert sentence.endswith(f"train --out '{run}' --resume")
    assert "Traceback" not in rest
    history = json.loads((run / "history.json").read_text(encoding="utf-8"))
    assert history["epochs"]


# --- what cannot work --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["digts"], "did you mean digits?"),
        (["./digits"], "there is no folder or file"),
        (["empty"], "one subfolder"),
        (["digits", "--model", "lenet"], "'lenet' does not fit pictures of 1×8×8"),
        (["digits", "--model", "none.json"], "none.json cannot be read"),
        (["digits", "--optimizer", "adam", "--momentum", "0.9"], "--momentum does not go with"),
        (
            ["digits", "--validation", "0", "--early-stopping", "2"],
            "--validation 0 leaves no images",
        ),
        (["digits", "--optimizer", "sgd", "--nesterov", "--momentum", "0"], "nesterov needs"),
        (["mnist", "--data-dir", "empty"], "empty"),
        (["digits", "--image-size", "99999999"], "from 1 to 4,096"),
        (
            ["digits", "--image-size", "9" * 5000],
            "must be a whole number from 1 to 999,999,999, or two such",
        ),
        (["digits", "--epochs", "1_0"], "a whole number of at least 1"),
        (["digits", "--seed", "٣"], "a whole number of at least 0"),
        (["digits", "--augment-shift", "-1"], "a whole number of at least 0"),
        (
            ["digits", "--recipe", "pizza"],
            "must be one of fashion-elu, fashion-pooling-free, fashion-best, got 'pizza'",
        ),
    ],
)
def test_what_cannot_work_is_one_sentence_and_leaves_nothing(
    arguments: list[str],
    says: str,
    backlit: CommandLine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    result = backlit("train", *arguments, "--out", "run", "--quiet")
    assert result.status in (1, 2)
    assert result.out == ""
    assert says in result.sentence
    assert not (tmp_path / "run").exists()


def test_a_loss_that_explodes(backlit: CommandLine, tmp_path: Path) -> None:
    result = backlit(
        "train", *FEW, "--out", tmp_path / "run", "--learning-rate", "1e300", "--quiet"
    )
    assert result.status == 1
    assert "learning rate" in result.sentence


def test_an_unwritable_place(backlit: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = backlit("train", *FEW, "--out", tmp_path / "file" / "run", "--quiet")
    assert result.status == 1
    assert "cannot be made" in result.sentence


# --- what is refused before it begins -----------------------------------------------------------


def test_a_run_that_another_process_trains_in_is_not_to_be_continued(
    backlit: CommandLine, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(self: Any, folder: Path) -> None:
        from backlit.errors import RunError

        raise RunError(f"another process is training in {folder}: wait for its end")

    monkeypatch.setattr(RunLock, "take", taken)
    result = backlit("train", "digits", "--out", run)
    assert result.status == 1
    assert result.sentence.startswith(f"another process is training in {run}")


@pytest.mark.parametrize("options", [("--epochs", "1"), ("--epochs", "2")])
def test_a_run_cannot_be_made_shorter_than_it_is(
    options: tuple[str, str], backlit: CommandLine, run: Path
) -> None:
    assert backlit("train", "--out", run, "--resume", "--epochs", "3", "--quiet").status == 0
    result = backlit("train", "--out", run, "--resume", *options)
    assert result.status == 2
    assert result.sentence.startswith(f"{' '.join(options)} is less than what the run in {run}")
    assert "has done already, 3 epochs: give a larger number" in result.sentence


# --- the help page speaks of what there is -----------------------------------------------------


def test_the_help_names_every_choice(backlit: CommandLine) -> None:
    text = " ".join(backlit("train", "--help").out.split())
    data = ("digits", "fashion-mnist", "mnist", "cifar10")
    for names in (MODELS, OPTIMIZERS, SCHEDULES, RECIPES, data):
        assert all(name in text for name in names)
    assert set(OPTIMIZERS.values()) == set(optimizers.OPTIMIZERS)
    assert {*SCHEDULES.values(), WarmUp.__name__} == set(schedules.SCHEDULES)


def test_the_help_tells_the_true_defaults() -> None:
    def rates(name: str) -> tuple[float, float]:
        made = Plan("digits", optimizer=name).make_optimizer()
        return made.learning_rate, made.weight_decay  # type: ignore[attr-defined]

    found = {name: rates(name) for name in OPTIMIZERS}
    assert found == {
        "sgd": (0.05, 0),
        "adam": (0.001, 0),
        "adamw": (0.001, 0.01),
        "rmsprop": (0.01, 0),
    }
    assert Plan("digits").make_optimizer() == DEFAULT_OPTIMIZER
    assert DEFAULT_OPTIMIZER.momentum == 0.9


def test_the_defaults_of_the_command_are_those_of_the_plan() -> None:
    import typer

    from backlit.cli.app import app

    command = typer.main.get_command(app).commands["train"]  # type: ignore[attr-defined]
    plan = Plan("digits")
    typed = {each.name: each.default for each in command.params if hasattr(plan, each.name)}
    assert {name: getattr(plan, name) for name in typed if name != "data"} == {
        name: value for name, value in typed.items() if name != "data"
    }
    assert set(COMMANDS) >= {"train", "explain", "predict", "info", "equations", "demo"}


def test_early_stopping_keeps_the_best_weights() -> None:
    _, callback = Plan("digits", early_stopping=2).make_callbacks()
    assert callback == EarlyStopping(patience=2, restore_best=True)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw", "rmsprop"])
def test_a_weight_decay_of_zero_is_not_the_same_as_none(optimizer: str) -> None:
    assert (
        Plan("digits", optimizer=optimizer, weight_decay=0.0)
        .make_optimizer()
        .to_config()["weight_decay"]
        == 0
    )
    assert AdamW().weight_decay > 0  # so that 0 has something to replace


@pytest.mark.parametrize("name", ["epochs", "batch_size"])
def test_a_training_is_as_long_wherever_it_is_begun(name: str) -> None:
    """The defaults stand in four signatures, where they can be read."""
    defaults = {
        inspect.signature(each).parameters[name].default
        for each in (train_command, Plan, Settings, fit)
    }
    assert len(defaults) == 1
