"""Programs that are tried in this process, where a test asks what is said of them."""

import importlib
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from backlit.check.calling import Message, Session, from_file
from backlit.check.process import SECONDS, InProcess, Worker


class _Here(InProcess):
    """As in a browser, which has no other process; warnings about foreign code are its own."""

    def ask(self, message: Message, seconds: float = SECONDS) -> Message:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return super().ask(message, seconds)


@pytest.fixture
def in_this_process(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """No process is started for each program, which takes longer than what is asked of it.

    With ``-m widths`` there is one, as for everybody, and so in the tests of the processes.
    """
    if request.node.get_closest_marker("widths"):
        yield
        return
    folders = set()

    def start(path: Path) -> Worker:
        folders.add(path.resolve().parent)
        return _Here(Session(from_file(str(path))))

    check = importlib.import_module("backlit.check.check")
    monkeypatch.setattr(check, "python_process", start)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # files change within a second
    yield
    for name, module in [*sys.modules.items()]:
        file = getattr(module, "__file__", None)
        if file is not None and Path(file).parent in folders:
            del sys.modules[name]
