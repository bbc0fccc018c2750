"""What all commands share: help, versions, usage errors, exit statuses, streams."""

from __future__ import annotations

import io
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import typer

from backlit import __version__
from backlit.cli import main, output
from backlit.cli.app import COMMANDS, EXAMPLES, app
from backlit.network import engine_names
from backlit.system.command_line import command_line

from .conftest import CommandLine

WEIGHT = "conv1.weight[0,0,1,1]"


def process(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """``backlit`` as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "backlit", *map(str, arguments)],
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
    )


def test_alone_it_shows_its_commands(backlit: CommandLine) -> None:
    result = backlit()
    assert result.status == 0
    assert all(f"\n  {name} " in result.out for name in COMMANDS)
    assert result.out == backlit("--help").out == backlit("-h").out


@pytest.mark.parametrize("columns", ["0", "00", ""])
def test_a_width_of_zero_means_that_it_is_not_known(
    columns: str, backlit: CommandLine, trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = backlit("explain", trained, WEIGHT).out
    monkeypatch.setenv("COLUMNS", columns)
    assert backlit("explain", trained, WEIGHT).out == usual


def test_the_version(backlit: CommandLine) -> None:
    result = backlit("--version")
    assert (result.status, result.out, result.err) == (0, f"backlit {__version__}\n", "")


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("name", [None, *COMMANDS])
def test_help_has_examples_and_fits(
    name: str | None, width: int, backlit: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    result = backlit(*([name] if name else []), "--help")
    text, examples = result.out.split("\nExamples:\n")
    assert result.status == 0
    assert text.startswith(f"Usage: backlit {name or 'COMMAND'}")
    assert max(map(len, text.splitlines())) <= width
    assert max(map(len, examples.splitlines())) <= 80
    assert f"backlit {name or 'demo'}" in examples
    assert result.out.isascii() or "\xa0" not in result.out


def test_every_example_on_the_help_pages_can_be_parsed() -> None:
    group = typer.main.get_command(app)
    pages = [EXAMPLES, *(module.EXAMPLES for module in COMMANDS.values())]
    for line in "\n".join(pages).split("\n"):
        words = shlex.split(line.partition(" > ")[0])
        if words:
            assert words[0] == "backlit"
            command = group.commands[words[1]]  # type: ignore[attr-defined]
            command.make_context(words[1], words[2:], resilient_parsing=False)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["trian"], "train"),
        (["train", "--epoch"], "--epoch"),
        (["train", "digits"], "--out"),
        (["train", "--out", "x"], "DATA"),
        (["predict"], "RUN"),
        (["predict", "run"], "IMAGE"),
        (["info"], "RUN"),
        (["info", "a", "b"], "b"),
        (["train", "digits", "--out", "x", "--epochs", "many"], "'many'"),
        (["train", "digits", "--out", "x", "--epochs", "0"], "at least 1"),
        (["train", "digits", "--out", "x", "--learning-rate", "-1"], "above 0"),
        (["train", "digits", "--out", "x", "--learning-rate", "nan"], "above 0"),
        (["train", "digits", "--out", "x", "--validation", "1"], "below 1"),
        (["train", "digits", "--out", "x", "--image-size", "3y4"], "8x6"),
        (["train", "digits", "--out", "x", "--optimizer", "sdg"], "sgd, adam, adamw, rmsprop"),
        (["train", "digits", "--out", "x", "--schedule", "zigzag"], "one-cycle"),
        (["train", "digits", "--out", "x", "--engine", "steam"], "pure"),
        (["train", "digits", "--out", "x", "--model", "alexnet"], "lenet"),
        (["predict", "run", "a.png", "--top", "0"], "at least 1"),
    ],
)
def test_wrong_usage_is_status_2_and_one_sentence(
    arguments: list[str],
    says: str,
    backlit: CommandLine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = backlit(*arguments)
    assert result.status == 2
    assert result.out == ""
    assert says in result.sentence
    assert list(tmp_path.iterdir()) == []


def test_an_unexpected_error_is_a_sentence_and_on_demand_a_traceback(
    backlit: CommandLine, trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("so it goes")

    monkeypatch.setattr("backlit.runs.opening.load", broken)
    result = backlit("info", trained)
    assert result.status == 1
    assert "ZeroDivisionError: so it goes" in result.sentence
    assert "BACKLIT_DEBUG=1" in result.sentence
    monkeypatch.setenv("BACKLIT_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["info", str(trained)])


def test_control_c_is_status_130(
    backlit: CommandLine, trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("backlit.runs.opening.load", interrupted)
    result = backlit("info", trained)
    assert result.status == 130
    assert result.sentence == "interrupted"


def test_help_imports_none_of_the_rooms() -> None:
    program = (
        "import sys; from backlit.cli import main; main(['--help']); main(['train', '--help']); "
        "heavy = {'numpy', 'PIL', 'rich', 'safetensors', 'pooch'} & set(sys.modules); "
        "sys.exit(' '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.stderr == b""
    assert done.returncode == 0


def test_a_reader_that_has_had_enough_is_no_error(trained: Path) -> None:
    command = f'"{sys.executable}" -m backlit info "{trained}" --json'
    reader = f'"{sys.executable}" -c "import sys; sys.stdin.read(1)"'
    done = subprocess.run(f"{command} | {reader}", shell=True, capture_output=True, check=False)
    assert done.stderr == b""


def test_an_old_encoding_degrades_instead_of_crashing(trained: Path) -> None:
    done = process("explain", trained, WEIGHT, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode("ascii")
    assert "dW[o,c,u,v] = sum_{n,i,j} dY[n,o,i,j] * X[n,c,i+u,j+v]" in text
    assert "?" not in text.replace("Is it true?", "")


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "latin-1"])
def test_only_what_an_encoding_lacks_is_replaced(
    encoding: str, trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr("sys.stdout", stream)
    assert main(["info", str(trained)]) == 0
    text = stream.buffer.getvalue().decode(encoding)
    assert ("1 x 8 x 8" if encoding == "cp437" else "1 × 8 × 8") in text
    assert "?" not in text


@pytest.mark.skipif(os.name == "nt", reason="only on POSIX does a shell close streams so")
@pytest.mark.parametrize(
    ("redirection", "status", "says"),
    [
        (">&-", 0, ""),
        ("2>&-", 0, ""),
        (">/dev/full", 1, "backlit: error: No space left on device\n"),
    ],
)
def test_streams_that_take_nothing(redirection: str, status: int, says: str) -> None:
    if redirection == ">/dev/full" and not Path("/dev/full").exists():
        pytest.skip("only on Linux is there a device that is always full")
    command = f'"{sys.executable}" -m backlit equations {redirection}'
    done = subprocess.run(command, shell=True, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (status, says)


def test_json_is_plain_and_knows_no_nan(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_json({"a": np.array([1.5, np.nan]), "b": (Path("é"), np.int64(3)), 4: -np.inf})
    text = capsys.readouterr().out
    assert text.isascii()
    assert json.loads(text) == {"a": [1.5, "NaN"], "b": ["é", 3], "4": "-Infinity"}


@pytest.mark.skipif(os.name == "nt", reason="only on POSIX is this how a shell quotes")
def test_a_command_to_type_is_quoted_for_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/backlit")
    line = command_line("explain", Path("my runs"), "conv1.weight[0,0,1,2]")
    assert line == "backlit explain 'my runs' 'conv1.weight[0,0,1,2]'"


def test_the_shell_completes() -> None:
    environment = {"COMP_WORDS": "backlit train di", "COMP_CWORD": "2"}
    done = process(_BACKLIT_COMPLETE="complete_bash", **environment)
    assert done.stdout.decode().split() == ["digits"]


@pytest.mark.parametrize(
    ("command", "name", "typed", "offered"),
    [
        ("train", "data", "f", ["fashion-mnist"]),
        ("train", "data", "photos/", []),
        ("train", "model", "re", ["resnet20"]),
        ("train", "optimizer", "ad", ["adam", "adamw"]),
        ("train", "schedule", "", ["constant", "step", "cosine", "one-cycle"]),
        ("train", "engine", "pu", ["pure"]),
        ("explain", "engine", "", engine_names()),
        ("equations", "layer", "max", ["max_pool2d"]),
        ("equations", "format", "l", ["latex"]),
    ],
)
def test_names_are_offered(command: str, name: str, typed: str, offered: list[str]) -> None:
    found = typer.main.get_command(app).commands[command]  # type: ignore[attr-defined]
    (parameter,) = (each for each in found.params if each.name == name)
    items = parameter.shell_complete(found.make_context(command, [], resilient_parsing=True), typed)
    assert [item.value for item in items] == offered


@pytest.mark.parametrize("command", ["info", "predict"])
def test_an_engine_that_is_none_is_not_the_runs_fault(
    command: str,
    backlit: CommandLine,
    trained: Path,
    pictures: list[Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BACKLIT_ENGINE", "steam")
    more = ("--plan",) if command == "info" else (pictures[0],)
    result = backlit(command, trained, *more)
    assert result.status == 2
    assert result.sentence.startswith("BACKLIT_ENGINE must be ")
    assert result.sentence.endswith("pure, got 'steam'")
