"""Processes that share a cache: they wait for each other, but not for ever."""

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from backlit.engines.fast.compiling import library, sharing
from tests.engines.fast.compiling.asking import KERNELS, answer, start


def test_of_processes_that_start_at_once_one_compiles(cache: Path) -> None:
    processes = [start(cache) for _ in range(3)]
    answers = sorted(answer(process) for process in processes)
    assert answers == [f"[11.0, 22.0, 33.0] {compiled}" for compiled in (False, False, True)]
    (file,) = cache.iterdir()
    assert file.suffix == ".kernel"


def test_one_that_is_killed_while_it_compiles_keeps_nobody_waiting(cache: Path) -> None:
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from backlit.engines.fast.compiling.sharing import turn\n"
            "with turn(int):\n    print('mine', flush=True)\n    input()",
        ],
        env={**os.environ, "BACKLIT_CACHE": str(cache.parent)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "mine\n"
        process.kill()
    assert answer(start(cache)) == "[11.0, 22.0, 33.0] True"


def test_one_that_stands_still_is_not_waited_for_for_ever(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "_PATIENCE", 0)
    with sharing.turn(int):
        assert library.addresses(KERNELS[:1])[KERNELS[0]] > 0


def test_one_that_gets_on_is_waited_for(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "_PATIENCE", 0)
    looks = 0

    def progress() -> int:
        nonlocal looks
        looks += 1
        if looks == 5:
            other.close()
        return looks

    with ExitStack() as other:
        other.enter_context(sharing.turn(int))
        with sharing.turn(progress):
            assert looks >= 5


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX is a folder read-only")
def test_nobody_waits_for_a_cache_that_cannot_be_written(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(path: object, mode: int) -> bool:
        return mode != os.W_OK

    with sharing.turn(int):
        monkeypatch.setattr(os, "access", read_only)
        with sharing.turn(lambda: pytest.fail("there is nothing to wait for")):
            pass
