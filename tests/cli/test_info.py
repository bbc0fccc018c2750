"""``backlit info``: what a run is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from backlit import load

from .conftest import CommandLine


def test_it_shows_network_settings_history_and_files(backlit: CommandLine, trained: Path) -> None:
    result = backlit("info", trained)
    assert (result.status, result.err) == (0, "")
    assert str(load(trained).summary()) in result.out
    for part in (
        "classes    0, 1, 2",
        "data       digits",
        "images     54 training, 6 validation",
        "model      small",
        "engine     pure",
        "optimizer  SGD, learning rate 0.05, momentum 0.9",
        "rate       stays the same",
        "val. accuracy",
        "Test accuracy",
        "weights.safetensors (",
    ):
        assert part in result.out
    assert all(line == line.rstrip() for line in result.out.splitlines())


def test_numbers_are_not_torn_from_their_units(
    backlit: CommandLine, trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for width in range(40, 100, 7):
        monkeypatch.setenv("COLUMNS", str(width))
        files = backlit("info", trained).out.partition("Files: ")[2]
        assert files.count(" kB)") == 6
        assert all(line.endswith((",", ")")) for line in files.splitlines())


def test_json_has_everything(backlit: CommandLine, trained: Path) -> None:
    document = backlit("info", trained, "--json").json
    assert document.keys() == {
        *(
            "path",
            "network",
            "in_short",
            "parameters",
            "multiply_adds",
            "engine",
            "settings",
            "callbacks",
        ),
        *("data", "plan", "versions", "finished", "history", "test", "files"),
    }
    network = load(trained)
    assert document["network"] == json.loads(json.dumps(network.config()))
    assert document["parameters"] == network.summary().parameters
    assert document["finished"] is True
    assert document["plan"]["data"] == "digits"
    assert document["test"]["images"] == 15
    assert document["files"]["weights.safetensors"] > 4 * document["parameters"]


def test_what_it_prints_can_be_trained_again(
    backlit: CommandLine, trained: Path, tmp_path: Path
) -> None:
    model = tmp_path / "model.json"
    model.write_text(backlit("info", trained, "--json").out, encoding="utf-8")
    again = tmp_path / "again"
    arguments = ("digits", "--limit", "60", "--epochs", "1", "--quiet")
    assert backlit("train", *arguments, "--model", model, "--out", again).status == 0
    first, second = load(trained).parameters, load(again).parameters
    assert all((first[name] == second[name]).all() for name in first)


def test_a_saved_network_has_no_history(
    backlit: CommandLine, trained: Path, tmp_path: Path
) -> None:
    load(trained).save(tmp_path / "network.safetensors")
    result = backlit("info", tmp_path / "network.safetensors")
    assert result.status == 0
    assert "optimizer" not in result.out
    document = backlit("info", tmp_path / "network.safetensors", "--json").json
    assert document.keys() == {"path", "network", "in_short", "parameters", "multiply_adds"}


def test_a_result_of_earlier_weights_is_not_shown(backlit: CommandLine, run: Path) -> None:
    result = json.loads((run / "test.json").read_text(encoding="utf-8"))
    (run / "test.json").write_text(json.dumps({**result, "epoch": 0}), encoding="utf-8")
    assert "Test accuracy" not in backlit("info", run).out
    assert backlit("info", run, "--json").json["test"] is None


@pytest.mark.parametrize("file", ["weights.safetensors", "state.safetensors"])
@pytest.mark.parametrize("damage", ["cut", "other", "gone"])
def test_a_corrupt_run_is_one_sentence(
    file: str, damage: str, backlit: CommandLine, run: Path
) -> None:
    path = run / file
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(content[: len(content) // 2] if damage == "cut" else b"{}" * 100)
    result = backlit("info", run)
    assert result.status == 1
    assert result.out == ""
    assert file in result.sentence


@pytest.mark.parametrize(
    "content",
    [
        *("", "{", "[]", '{"epoch": 1}'),
        '{"images": 15, "loss": 1.5, "accuracy": "x", "epoch": 1}',
    ],
)
def test_a_corrupt_result_is_left_out(content: str, backlit: CommandLine, run: Path) -> None:
    (run / "test.json").write_text(content, encoding="utf-8")
    result = backlit("info", run)
    assert result.status == 0
    assert "Test accuracy" not in result.out


def test_the_plan_of_an_engine(backlit: CommandLine, trained: Path) -> None:
    result = backlit("info", trained, "--plan", "--engine", "fast")
    assert result.status == 0
    assert "stages for batches of 64" in result.out
    assert "conv2: error of the input" in result.out
    document = backlit("info", trained, "--plan", "--json").json
    assert document["plan"][0] == "for a batch of 64, one after the other, in plain Python"


def test_the_code_builds_the_network(backlit: CommandLine, trained: Path) -> None:
    result = backlit("info", trained, "--code")
    assert (result.status, result.err) == (0, "")
    assert result.out == load(trained).source()
    assert backlit("info", trained, "--code", "--json").json["code"] == result.out
    assert backlit("info", trained, "--code", "--plan").status == 2
    assert load(trained).in_short() in " ".join(backlit("info", trained).out.split())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: "{x", "is no valid JSON (Expecting property name enclosed in double quotes"),
        (lambda text: text[: len(text) // 2], "is no valid JSON ("),
        (lambda text: "[" * 100_000, "is no valid JSON ("),
        (lambda text: "[]", "must hold an object, got list"),
        (lambda text: "{}", "lacks format, engine, network, settings, callbacks, data"),
        (lambda text: text.replace('"format": 1', '"format": 2'), "has format 2, and the run's is"),
        (
            lambda text: text.replace('"seed": 0', '"seed": 1'),
            "does not say what the run was begun with (network, settings",
        ),
        (None, "is missing"),
    ],
)
def test_a_config_that_is_not_the_run_s_is_named_with_the_reason(
    change: Callable[[str], str] | None, says: str, backlit: CommandLine, run: Path
) -> None:
    """The run is opened from its state all the same, and shown."""
    whole, file = backlit("info", run), run / "config.json"
    assert whole.err == ""
    text = file.read_text(encoding="utf-8")
    if change is None:
        file.unlink()
    else:
        assert change(text) != text
        file.write_text(change(text), encoding="utf-8")
    for options in ([], ["--json"]):
        result = backlit("info", run, *options)
        assert result.status == 0
        (line,) = result.err.splitlines()
        assert line.startswith(f"backlit: {file} {says}")
        assert line.endswith("; what is shown is from state.safetensors, which alone decides")
    assert "Test accuracy" in backlit("info", run).out


def test_a_config_that_is_no_text_is_named(backlit: CommandLine, run: Path) -> None:
    (run / "config.json").write_bytes(b"\xff\xfe")
    assert "config.json is no text in UTF-8; what is shown" in backlit("info", run).err
