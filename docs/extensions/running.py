"""Run what a page shows: its Python, with names shared from block to block, and its commands."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# What dev.py runs, here without its set-up.
DEVELOPERS = {"demo": ["backlit", "demo"], "bench": ["benchmarks"]}
# One thread: in how many parts a sum is added up decides its last bits, and a training goes its
# own way from there.  With one, vectors of any width agree in the digits that are shown.
SETTINGS = {"BACKLIT_THREADS": "1", "COLUMNS": "80", "NO_COLOR": "1", "PYTHONUTF8": "1"}
_COMPILED = re.compile(r"^backlit: (compiled|waited) .*kernels?\b.*\n?", re.MULTILINE)


class ExampleError(Exception):
    """An example on a page does not do what it should; the message says where."""


class Runner:
    """What belongs to one page: the names that its Python has made, and a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: dict[str, Any] = {"__name__": "__main__"}

    def python(self, code: str, place: str) -> str:
        """Run Python; what it printed."""
        printed = io.StringIO()
        try:
            with self._at_home(), contextlib.redirect_stdout(printed):
                exec(compile(code, place, "exec"), self.names)
        except Exception as error:
            raise ExampleError(f"{place}: {type(error).__name__}: {error}\n{code}") from error
        return printed.getvalue()

    def value(self, expression: str, helpers: dict[str, Any], place: str) -> str:
        """The value of an expression over the helpers' names and those of the page."""
        try:
            with self._at_home():
                return str(eval(f"({expression.strip()}\n)", {**helpers, **self.names}))
        except Exception as error:
            raise ExampleError(f"{place}: {type(error).__name__}: {error}\n{expression}") from error

    def write(self, name: str, text: str) -> None:
        """Put a file into the page's folder."""
        (self.folder / name).write_text(text, encoding="utf-8")

    def command(self, line: str, place: str, status: int = 0) -> list[str]:
        """Run a line such as ``$ backlit info``; the lines that it printed.

        Args:
            line: as typed; ``python3 FILE`` runs a file of the page's folder.
            place: for messages.
            status: with which it has to end.
        """
        words = shlex.split(line.removeprefix("$ "))
        if words[:2] == ["python3", "dev.py"]:
            words = [*DEVELOPERS[words[2]], *words[3:]]
        if words[0] == "python3" and (self.folder / words[1]).is_file():
            words = words[1:]
        elif words[0] in ("backlit", "benchmarks"):
            words = ["-m", *words]
        else:
            raise ExampleError(f"{place} runs lines like '$ backlit info', not {line!r}")
        finished = subprocess.run(
            [sys.executable, *words],
            cwd=self.folder,
            env={**os.environ, **SETTINGS, "PATH": _search_path(), "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        if finished.returncode != status:
            raise ExampleError(
                f"{place}: {line!r} ended with {finished.returncode}:\n{finished.stdout}"
            )
        return [text.rstrip() for text in without_notices(finished.stdout).rstrip().splitlines()]

    @contextlib.contextmanager
    def _at_home(self) -> Any:
        said = io.StringIO()
        try:
            with contextlib.redirect_stderr(said), contextlib.chdir(self.folder):
                yield
        finally:
            sys.stderr.write(without_notices(said.getvalue()))


def without_notices(text: str) -> str:
    """Without what the engine says of kernels, which it compiles only if its cache lacks them."""
    return _COMPILED.sub("", text)


def _search_path() -> str:
    """With the environment's own programs first, as for a reader who has installed backlit."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
