"""What is said of a file that cannot be loaded, and of what a browser's Python lacks."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import backlit
from backlit.check.lacking import NoInput, missing
from backlit.errors import InputError


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("x = 1\nif x\n", "SyntaxError: expected ':', in line 2"),
        ("\nimport nosuchmodule\n", "runs in, in line 2"),
        ("\n\n1 / 0\n", "ZeroDivisionError: division by zero, in line 3"),
        # The line of the file, not that of the library in which the exception was raised.
        ("import statistics\n\nstatistics.mean([])\n", "in line 3"),
        ("import backlit\n\nbacklit.nothing\n", "in line 3"),
    ],
)
def test_the_line_is_told_at_which_a_file_fails(tmp_path: Path, program: str, told: str) -> None:
    path = tmp_path / "mine.py"
    path.write_text(program, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        backlit.check(path)
    assert str(raised.value).endswith(told)


def test_an_imported_file_that_is_no_python_is_named(tmp_path: Path) -> None:
    (tmp_path / "helper_of_mine.py").write_text("def f(:\n", encoding="utf-8")
    path = tmp_path / "mine.py"
    path.write_text("\nimport helper_of_mine\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"helper_of_mine\.py, line 1\), in line 2$"):
        backlit.check(path)


def test_a_page_says_what_is_there_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = ModuleNotFoundError("No module named 'numpy'", name="numpy")
    assert "has to be installed" in missing(problem)
    monkeypatch.setattr(sys, "platform", "emscripten")
    assert missing(problem).startswith("there is no numpy here: ")


def test_a_page_has_nothing_to_read_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", NoInput())
    with pytest.raises(EOFError, match="in place of input"):
        input("how many? ")
    with pytest.raises(EOFError, match="in place of input"):
        list(sys.stdin)
