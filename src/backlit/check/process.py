"""Foreign code in a process of its own, with limits on time and memory.

Messages go through pipes, one JSON document a line.  What the code itself prints goes nowhere, so
that the report's reader is not disturbed.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, Protocol, TextIO

from .calling import Message, Session, from_file

SECONDS = 10.0
MEGABYTES = 2048


class Worker(Protocol):
    """Whoever answers messages."""

    def ask(self, message: Message, seconds: float = SECONDS) -> Message:
        """The answer."""

    def close(self) -> None:
        """Be done."""


class InProcess:
    """Foreign code in this process, where there can be no other: in a browser.

    Nothing here can limit how long an answer takes.  Whoever is able to end this process from
    outside sets ``before``, and is told each message and the seconds that it may take.
    """

    before: ClassVar[Callable[[Message, float], None]] = staticmethod(lambda message, seconds: None)

    def __init__(self, session: Session) -> None:
        self._session = session

    def ask(self, message: Message, seconds: float = SECONDS) -> Message:
        """The answer."""
        type(self).before(message, seconds)
        # Through JSON, so that it is the same on both ways.
        answer: Message = json.loads(json.dumps(self._session.ask(json.loads(json.dumps(message)))))
        return answer

    def close(self) -> None:
        """Nothing is held."""


class Process:
    """A process that answers lines of JSON; after a line that takes too long it is ended.

    Args:
        command: what to start.
        name: for messages.
        environment: its variables; None for those of this process.
    """

    def __init__(
        self, command: list[str], name: str, environment: dict[str, str] | None = None
    ) -> None:
        self._name = name
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            text=True,
            encoding="utf-8",
            bufsize=1,
        )
        self._lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self._ended: Message | None = None

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def ask(self, message: Message, seconds: float = SECONDS) -> Message:
        """The answer, or an answer that says why there is none."""
        if self._ended is not None:
            return self._ended
        try:
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            return self._end("Timeout", f"gave no answer within {seconds:g} seconds")
        except OSError:
            line = None
        if line is None:
            status = self._process.wait()
            return self._end("Ended", f"ended with exit status {status} instead of an answer")
        try:
            answer = json.loads(line)
        except ValueError:
            return self._end("Answer", f"answered with a line that is no JSON: {line.strip()[:60]}")
        if not isinstance(answer, dict):
            return self._end("Answer", "answered with JSON that is no object")
        return answer

    def _end(self, kind: str, words: str) -> Message:
        self.close()
        error = {"type": kind, "message": words, "line": None, "code": "", "refused": False}
        self._ended = {"error": {**error, "fatal": True}}
        return self._ended

    def close(self) -> None:
        """End it."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def python_process(path: Path) -> Worker:
    """A Python that has loaded a file; in a browser, which has no processes, this one."""
    if sys.platform == "emscripten":
        return InProcess(Session(from_file(str(path))))
    package = str(Path(__file__).parents[2])
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH", "")])),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "MPLBACKEND": "Agg",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "backlit.check.process", str(path)]
    return Process(command, path.name, environment)


def limit_memory(megabytes: int = MEGABYTES) -> None:
    """Let an allocation beyond that fail, where the system can do so."""
    try:
        import resource
    except ImportError:  # Windows
        return
    try:
        resource.setrlimit(resource.RLIMIT_DATA, (megabytes << 20, megabytes << 20))
    except (ValueError, OSError):  # less is allowed already
        return


def serve(session: Session, source: TextIO, target: TextIO) -> None:
    """Answer lines until there are no more."""
    for line in source:
        target.write(json.dumps(session.ask(json.loads(line))) + "\n")
        target.flush()


def _main(path: str) -> None:
    source = os.fdopen(os.dup(0), encoding="utf-8")
    target = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)  # input() finds nothing
    os.dup2(nowhere, 1)  # print() disturbs nothing
    limit_memory()
    sys.argv = [path]
    serve(Session(from_file(path)), source, target)


if __name__ == "__main__":
    _main(*sys.argv[1:])
