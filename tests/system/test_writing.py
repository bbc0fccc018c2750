"""A file is the old one or the new one, whatever happens in between."""

import os
import sys
from pathlib import Path

import pytest

from backlit.errors import RunError
from backlit.system.writing import write_atomically


def test_a_failure_leaves_the_old_file_and_no_rubbish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "f"
    write_atomically(path, b"old")

    def full_disk(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(RunError, match="f cannot be written: No space left on device"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    write_atomically(path, b"new", durable=False)  # does not wait for the disk
    assert path.read_bytes() == b"new"


def test_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="cannot be written"):
        write_atomically(tmp_path / "none" / "f", b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only on Linux: /dev/full")
def test_a_device_is_never_replaced() -> None:
    with pytest.raises(RunError, match="/dev/full cannot be written: it is a device"):
        write_atomically(Path("/dev/full"), b"")
    assert Path("/dev/full").is_char_device()


def test_a_folder_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(RunError, match="folder cannot be written: it is a folder"):
        write_atomically(tmp_path / "folder", b"")


@pytest.mark.skipif(os.name != "posix", reason="only on POSIX: links without permission")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("target")
    write_atomically(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"new"


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX has a file such a mode")
@pytest.mark.parametrize(
    ("mask", "private", "mode"), [(0o022, False, 0o644), (0, False, 0o666), (0, True, 0o600)]
)
def test_who_may_read_and_write_it(tmp_path: Path, mask: int, private: bool, mode: int) -> None:
    before = os.umask(mask)
    try:
        write_atomically(tmp_path / "f", b"", private=private)
    finally:
        os.umask(before)
    assert (tmp_path / "f").stat().st_mode & 0o777 == mode
