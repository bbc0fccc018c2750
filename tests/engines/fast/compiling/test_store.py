"""The folder of compiled kernels: who may write there, and how large it becomes."""

import os
import sys
from pathlib import Path

import pytest

from backlit.engines.fast.compiling import library, store
from tests.engines.fast.compiling.asking import KERNELS


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX have files an owner like this")
class TestTrust:
    """What is in the cache is run, so nobody else may write there."""

    def use(self, cache: Path) -> str | None:
        """Ask for a kernel; what is said about the cache."""
        assert library.addresses(KERNELS[:1])[KERNELS[0]] > 0
        assert list(cache.iterdir()) == []
        return store.distrust()

    def test_the_own_folder_is_for_the_owner_only(self, cache: Path) -> None:
        before = os.umask(0)
        try:
            assert store.write("some", b"code")
        finally:
            os.umask(before)
        assert cache.stat().st_mode & 0o777 == 0o700
        assert store.distrust() is None
        assert store.read("some") == b"code"

    @pytest.mark.parametrize("mode", [0o777, 0o775, 0o757])
    def test_others_may_not_write(self, cache: Path, mode: int) -> None:
        assert store.write("some", b"code")
        cache.chmod(mode)
        assert store.read("some") is None
        assert not store.write("other", b"code")
        (cache / "some.kernel").unlink()
        assert self.use(cache) == f"others may write to {cache}"

    @pytest.mark.parametrize(("owner", "user", "trusted"), [(7, 8, 0), (0, 8, 1), (7, 0, 0)])
    def test_it_belongs_to_the_user_or_to_the_administrator(
        self, cache: Path, monkeypatch: pytest.MonkeyPatch, owner: int, user: int, trusted: int
    ) -> None:
        store.make_folder()
        status = os.stat_result((0o40755, 0, 0, 0, owner, 0, 0, 0, 0, 0))
        with monkeypatch.context() as patch:
            patch.setattr(os, "geteuid", lambda: user)
            patch.setattr(Path, "stat", lambda *_, **__: status)
            found = store.distrust()
        assert found == (None if trusted else f"{cache} belongs to another user")

    def test_the_reason_is_told(
        self, cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        store.make_folder()
        cache.chmod(0o777)
        monkeypatch.setattr("backlit.engines.fast.compiling.notice._PATIENCE", 0)
        self.use(cache)
        assert f"and not kept, since others may write to {cache}\n" in capsys.readouterr().err


class TestSize:
    """The folder does not grow for ever."""

    def fill(self, names: str) -> None:
        """A file for each letter, the last one used last."""
        for day, name in enumerate(names):
            assert store.write(name, bytes(1000))
            path = store.folder() / f"{name}.kernel"
            os.utime(path, (0, 1_000_000 + 100_000 * day))

    def names(self) -> str:
        return "".join(sorted(path.stem for path in store.folder().glob("*.kernel")))

    def test_the_files_used_least_recently_go(
        self, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.fill("abcde")
        store.tidy()
        assert self.names() == "abcde"
        assert store.read("a") == bytes(1000)
        monkeypatch.setattr(store, "LARGEST", 3500)
        store.tidy()
        assert self.names() == "ade"

    def test_it_is_looked_after_when_kernels_are_added(
        self, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.fill("ab")
        monkeypatch.setattr(store, "LARGEST", 0)
        library.addresses(KERNELS[:1])
        assert self.names() == ""

    def test_a_cache_that_is_not_there_needs_nothing(self, cache: Path) -> None:
        store.tidy()
        assert not cache.exists()
