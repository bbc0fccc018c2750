"""A lock on a folder keeps others out, and goes with its process, however that ends."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from backlit.system import locking
from backlit.system.locking import FolderLock

HOLD = """
import sys, time
from pathlib import Path
from backlit.system.locking import FolderLock
lock = FolderLock(Path(sys.argv[1]), Path(sys.argv[2]))
print(lock.take(), flush=True)
time.sleep(60)
"""


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """The folder, and what is locked on Windows in its place."""
    return tmp_path, tmp_path / "lock"


def test_one_at_a_time(places: tuple[Path, Path]) -> None:
    first, second = FolderLock(*places), FolderLock(*places)
    assert [first.take(), second.take(), second.take()] == [True, False, False]
    second.release()
    assert not FolderLock(*places).take()
    first.release()
    assert second.take()


@pytest.mark.parametrize("end", [signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)])
def test_it_goes_with_its_process(places: tuple[Path, Path], end: signal.Signals) -> None:
    other = subprocess.Popen([sys.executable, "-c", HOLD, *places], stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"True"
        assert not FolderLock(*places).take()
    finally:
        other.send_signal(end)
        other.communicate()
    assert FolderLock(*places).take()


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX is the folder itself locked")
def test_it_leaves_nothing_behind(places: tuple[Path, Path]) -> None:
    lock = FolderLock(*places)
    assert lock.take()
    lock.release()
    assert not list(places[0].iterdir())


def test_what_is_not_there_needs_no_lock(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path / "none", tmp_path / "none" / "lock")
    assert lock.take()
    lock.release()


def test_where_no_locks_are_known_everybody_may_go_on(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(handle: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(locking, "_lock", unknown)
    assert [FolderLock(*places).take(), FolderLock(*places).take()] == [True, True]


def test_ctrl_c_while_it_is_given_back_closes_nothing_twice(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, close = FolderLock(*places), os.close
    assert lock.take()

    def interrupted(handle: int) -> None:
        close(handle)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "close", interrupted)
        with pytest.raises(KeyboardInterrupt):
            lock.release()
    with (places[0] / "mine").open("w") as file:  # which gets the number of the closed handle
        lock.release()
        file.write("x")
