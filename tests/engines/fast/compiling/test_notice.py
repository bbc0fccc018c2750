"""What is said while kernels are compiled: on a terminal a line that counts, and one at the end."""

import io
import sys

import pytest

from backlit.engines.fast.compiling import notice
from backlit.engines.fast.compiling.notice import Notice


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notice, "_PATIENCE", -1)


@pytest.mark.usefixtures("at_once")
def test_a_terminal_counts_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with Notice(3) as told:
        told.wait()
        told.begin(2)
        told.next("one")
        told.next("other")
    said = [line.strip() for line in terminal.getvalue().split("\r") if line.strip()]
    assert said[:-1] == [
        "backlit: waiting for another process that compiles kernels",
        "backlit: compiling kernels, 0 of 2",
        "backlit: compiling kernels, 1 of 2: one",
        "backlit: compiling kernels, 2 of 2: other",
    ]
    assert said[-1].startswith("backlit: compiled 2 kernels in 0.0 s, kept for the next time")


@pytest.mark.usefixtures("at_once")
def test_elsewhere_only_the_outcome_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with Notice(1) as told:
        told.wait()
        told.begin(1)
        told.next("one")
        told.kept = False
    with Notice(1) as told:
        told.begin(0)
    first, second = capsys.readouterr().err.splitlines()
    assert first == "backlit: compiled 1 kernel in 0.0 s, and the cache could not be written"
    assert second == "backlit: waited 0.0 s for another process that compiled kernels"


@pytest.mark.usefixtures("at_once")
def test_nothing_is_said_after_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyError), Notice(1):
        raise KeyError
    assert capsys.readouterr().err == ""
