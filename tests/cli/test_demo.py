"""``backlit demo``, with fewer digits than the real one."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from backlit import load
from backlit.cli import demo

from .conftest import CommandLine


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A demo with 40 digits, in a folder of its own; where its run will be."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(demo, "RECIPE", {**demo.RECIPE, "limit": 40})
    return Path("runs", "demo")


def test_it_trains_tells_a_story_and_can_be_repeated(backlit: CommandLine, small: Path) -> None:
    first = backlit("demo", "--epochs", "1")
    assert first.status == 0
    assert "Of 10 digits that it has not seen" in first.out
    assert "probability minus truth" in first.out
    assert "the new conv1.weight[" in first.out
    assert "epoch 1/1" in first.err
    again = backlit("demo", "--epochs", "1")
    assert (again.status, again.out) == (0, first.out)
    other = backlit("demo", "--epochs", "1", "--seed", "1")
    assert other.out != first.out
    assert load(small).seed == 1


def test_what_to_try_next_can_be_typed(backlit: CommandLine, small: Path) -> None:
    text = backlit("demo", "--epochs", "1").out
    commands = [line.strip() for line in text.split("What to try next:\n")[1].splitlines()]
    assert len(commands) >= 4
    for line in commands:
        program, *words = shlex.split(line)
        assert program == "backlit"
        if "0:64" in words:
            words[words.index("0:64")] = "0:10"  # there are only ten digits here
        if words[0] in ("serve", "toy"):
            words.append("--help")  # they would go on until Ctrl-C
        assert backlit(*words).status == 0, line


def test_the_first_command_to_try_shows_the_same_new_weight(
    backlit: CommandLine, small: Path
) -> None:
    told = backlit("demo", "--epochs", "1").out
    assert "the one with the largest gradient" in " ".join(told.split())
    assert "The training itself used SGD, learning rate 0.02, momentum 0.9; its rate rises" in (
        " ".join(told.split())
    )
    command = told.split("What to try next:\n")[1].splitlines()[0]
    again = backlit(*shlex.split(command)[1:]).out
    (rule,) = [line.strip() for line in told.splitlines() if " = " in line and "0.02 · " in line]
    assert rule in again


def test_the_story_is_served_as_it_was_told(backlit: CommandLine, small: Path) -> None:
    told = backlit("demo", "--epochs", "1").out
    lines = told.split("What to try next:\n")[1].splitlines()
    explained, served = (shlex.split(line)[1:] for line in lines[:2])
    assert (explained[0], served[0]) == ("explain", "serve")
    assert served[1:3] == explained[1:3]  # the run and the weight
    assert f"How a picture changed {served[2]}" in told
    image = explained[explained.index("--image") + 1]
    assert f"test image {image}:" in " ".join(told.split())
    assert served[3:] == ["--first", image, "--count", "1"]
    assert len(lines[1]) <= 80


def test_it_writes_the_page(backlit: CommandLine, small: Path) -> None:
    told = backlit("demo", "--epochs", "1").out
    file = small / "page.html"
    assert str(file) in told.replace("\n", " ")
    text = file.read_text("utf-8")
    assert '<div id="backlit">' in text
    assert len(text) < 2_000_000


def test_json(backlit: CommandLine, small: Path) -> None:
    document = backlit("demo", "--epochs", "1", "--json", "--quiet").json
    assert document.keys() == {
        "run",
        "plan",
        "parameters",
        "history",
        "test",
        "image",
        "story",
        "page",
    }
    assert document["run"] == str(small)
    story = document["story"]
    assert story["label"] != story["predicted"]
    (gradient,) = (step for step in story["steps"] if step["kind"] == "gradient")
    assert gradient["address"].startswith("conv1.weight[")


def test_only_an_earlier_demo_is_replaced(backlit: CommandLine, small: Path, run: Path) -> None:
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    result = backlit("demo", "--out", run, "--quiet")
    assert result.status == 1
    assert "already holds a run" in result.sentence
    assert {path.name: path.read_bytes() for path in run.iterdir()} == before
    other = small.parent / "letters"
    other.mkdir(parents=True)
    (other / "config.json").write_text("{}", encoding="utf-8")
    assert backlit("demo", "--out", other).status == 1
    assert (other / "config.json").exists()


def test_where_every_digit_is_right(
    backlit: CommandLine, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backlit.runs.suggestion.first_wrong", lambda *_: None)
    assert backlit("demo", "--epochs", "1", "--json", "--quiet").json["image"] == 0
