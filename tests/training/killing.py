"""Kills a training at each of its writes in turn, resumes it, and compares; for POSIX.

``python -m tests.training.killing FOLDER`` prints one line of JSON: how many kills of each kind
there were, and which of them did not end like the training that nobody killed.

Each training is a forked process, so that a kill is a real one and still costs no new start.
"""

import json
import os
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.training.course import result, train

KINDS = ("half a file", "after the rename")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(kind: str, countdown: int) -> None:
    """Make this process kill itself at its write number ``countdown``."""
    left = countdown
    fsync, replace = os.fsync, os.replace

    def due() -> bool:
        nonlocal left
        left -= 1
        return left == 0

    def fsync_or_die(descriptor: int) -> None:
        if kind == "half a file" and due():
            os.ftruncate(descriptor, os.fstat(descriptor).st_size // 2)
            die()
        fsync(descriptor)

    def replace_or_die(source: str, target: Path) -> None:
        replace(source, target)
        if kind == "after the rename" and due():
            die()

    os.fsync, os.replace = fsync_or_die, replace_or_die  # type: ignore[assignment]


def forked(work: Callable[[], object]) -> int:
    """The wait status of a process that does the work: 0, or how it died."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    try:
        work()
    except BaseException as problem:
        print(f"{type(problem).__name__}: {problem}", file=sys.stderr)
        os._exit(1)
    os._exit(0)


def killed_at(run: Path, kind: str, countdown: int) -> bool:
    """Begin the run and be killed at that write; False if the training ended before."""

    def work() -> None:
        arm(kind, countdown)
        train(run, epochs=2)

    shutil.rmtree(run, ignore_errors=True)
    return forked(work) != 0


def main(folder: Path) -> None:
    run = folder / "killed"
    train(folder / "whole", epochs=2)
    expected = result(folder / "whole")
    kills: Counter[str] = Counter()
    wrong = []
    for kind in KINDS:
        while killed_at(run, kind, kills[kind] + 1):
            kills[kind] += 1
            if forked(lambda: train(run, epochs=2)) or result(run) != expected:
                wrong.append((kind, kills[kind]))
    print(json.dumps({"kills": kills, "wrong": wrong}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
