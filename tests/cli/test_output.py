"""How sentences are written: in lines that fit a terminal, on one line for programs."""

from __future__ import annotations

import io
import sys

import pytest

from backlit.cli.output import paragraph, say_error, together

LONG = "there is no conv3.weight; " + "did you mean conv2.weight or something " * 6


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def said(
    sentence: str, monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, columns: int = 60
) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(sys, "stderr", stream)
    say_error(sentence)
    return stream.getvalue().splitlines()


def test_an_error_fits_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    first, *rest = said(LONG, monkeypatch, Terminal())
    assert first.startswith("backlit: error: there is no conv3.weight;")
    assert max(map(len, (first, *rest))) <= 60
    assert rest
    assert all(line.startswith("  ") for line in rest)


def test_an_error_is_one_line_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(said(LONG, monkeypatch, io.StringIO())) == 1


def test_paths_and_options_stay_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/tmp/" + "a-long-name/" * 8
    text = f"{path} already holds a run: continue it with --early-stopping"
    assert f"  {path}" in said(text, monkeypatch, Terminal())
    assert "--early-stopping" in said(text, monkeypatch, Terminal(), 50)[-1]


def test_an_error_is_one_line_whatever_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said("two\nlines", monkeypatch, io.StringIO()) == ["backlit: error: two lines"]


def test_what_belongs_together_stays_together(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for width in range(20, 40):
        monkeypatch.setenv("COLUMNS", str(width))
        paragraph(" ".join(["word"] * 5 + [together("135.9 kB")] * 3))
        text = capsys.readouterr().out
        assert text.count("135.9 kB") == 3
        assert max(map(len, text.splitlines())) <= width
