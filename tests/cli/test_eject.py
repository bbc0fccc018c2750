"""``backlit eject``: a run as one program."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import backlit as bl
from backlit.cli import main
from tests.eject.networks import network
from tests.web.node import node


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    net = network([bl.Conv2d(2, 3), bl.ReLU(), bl.Flatten(), bl.Dense(3)], (1, 8, 8))
    net.save(tmp_path / "net.safetensors")
    return tmp_path / "net.safetensors"


def run(file: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", file, *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def test_the_file_computes_what_backlit_computes(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cnn.py"
    assert main(["eject", str(saved), "--to", "python", "--training", "--out", str(file)]) == 0
    assert f"python3 {file} train" in capsys.readouterr().out
    answer = run(file, "test")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.count(": equal\n") == 5 + 1 + 4


def test_without_a_file_the_program_is_printed(
    saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eject", str(saved)]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("#!/usr/bin/env python3\n")
    compile(printed, "cnn.py", "exec")


def test_how_a_c_file_becomes_a_program_is_said(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cnn.c"
    assert main(["eject", str(saved), "--to", "c", "--out", str(file)]) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()[1:]]
    built = tmp_path / "cnn"
    assert lines[0] == f"cc -O3 -march=native {file} -o {built} -lm"
    assert lines[1:] == [f"{built} test", f"{built} predict PICTURE.pgm"]


def test_weights_can_be_kept_apart(saved: Path, tmp_path: Path) -> None:
    file, weights = tmp_path / "cnn.py", tmp_path / "cnn.weights"
    words = ["eject", str(saved), "--out", str(file), "--weights", str(weights)]
    assert main(words) == 0
    assert "WEIGHTS" not in file.read_text(encoding="utf-8")
    assert run(file, "test").returncode == 0
    assert main(words) == 0  # written once more
    weights.write_bytes(bytes(len(weights.read_bytes())))
    assert run(file, "test").returncode == 1
    weights.unlink()
    answer = run(file, "test")
    assert answer.returncode == 1
    assert "cnn.weights" in answer.stderr


def test_weights_of_any_name_are_found_by_javascript(saved: Path, tmp_path: Path) -> None:
    file, weights = tmp_path / "cnn.mjs", tmp_path / "w#1 %41ü.bin"
    words = ["eject", str(saved), "--to", "javascript", "--out", str(file)]
    assert main([*words, "--weights", str(weights)]) == 0
    answer = subprocess.run([node(), file, "test"], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: links need no rights")
def test_javascript_is_started_through_a_link(saved: Path, tmp_path: Path) -> None:
    file, link = tmp_path / "cnn.mjs", tmp_path / "link.mjs"
    assert main(["eject", str(saved), "--to", "javascript", "--out", str(file)]) == 0
    link.symlink_to(file)
    answer = subprocess.run([node(), link, "test"], capture_output=True, text=True, check=False)
    assert answer.stdout.count(": equal\n") == 5


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--to", "cobol"], "must be one of python, numpy, javascript, c"),
        (["--out", "{mine}"], "no program that backlit wrote"),
        (["--weights", "{mine}"], "no weights of this network"),
        (["--out", "{nowhere}"], "cannot be written"),
        (["--out", "{new}", "--weights", "{new}"], "cannot be the program and its weights"),
        (["--out", "{new}", "--weights", "{nowhere}"], "does not lie in the folder of"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    saved: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    sentence: str,
) -> None:
    mine = tmp_path / "mine.py"
    mine.write_text("print(1)\n", encoding="utf-8")
    places = {
        "mine": mine,
        "new": tmp_path / "new.py",
        "nowhere": tmp_path / "none" / "x.py",
    }
    assert main(["eject", str(saved), *(word.format(**places) for word in words)]) != 0
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert sentence in printed.err
    assert mine.read_text(encoding="utf-8") == "print(1)\n"
    assert {each.name for each in tmp_path.iterdir()} == {"mine.py", "net.safetensors"}
