"""Programs in any language, over lines of JSON."""

import sys
from pathlib import Path

import pytest

import backlit
from backlit.cli import main
from backlit.errors import InputError

PROGRAM = """
import json, sys
from backlit import pure
for line in sys.stdin:
    asked = json.loads(line)
    if asked["groups"] > 1:
        print(json.dumps({"unsupported": "groups"}), flush=True)
        continue
    options = {name: tuple(asked[name]) for name in ("stride", "padding", "dilation")}
    dx, dw, db = pure.conv2d_backward(asked["dy"], asked["x"], asked["w"], **options)
    print(json.dumps({"dx": dx, "dw": dw, "db": db}), flush=True)
"""


def command(folder: Path, old: str = "", new: str = "") -> list[str]:
    assert old in PROGRAM
    (folder / "answers.py").write_text(PROGRAM.replace(old, new) if old else PROGRAM)
    return [sys.executable, str(folder / "answers.py")]


def test_a_right_program_is_right(tmp_path: Path) -> None:
    report = backlit.check(command=command(tmp_path))
    (finding,) = report.findings
    assert report.ok
    assert finding.not_taken[0] == "groups 2"


def test_a_mistake_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = command(
        tmp_path, '"dw": dw', '"dw": [[[r[::-1] for r in c[::-1]] for c in f] for f in dw]'
    )
    (finding,) = backlit.check(command=program).findings
    assert (finding.verdict, finding.mistake) == ("wrong", "filter-turned")
    assert main(["check", "--command", " ".join(program)]) == 1
    assert "filter turned" in capsys.readouterr().out


def test_no_answer_is_told(tmp_path: Path) -> None:
    (finding,) = backlit.check(
        command=command(tmp_path, "for line in", "for line in [] and")
    ).findings
    assert finding.verdict == "failed"
    assert "instead of an answer" in finding.sentence
    with pytest.raises(InputError, match="cannot be started"):
        backlit.check(command=[str(tmp_path / "nowhere")])
