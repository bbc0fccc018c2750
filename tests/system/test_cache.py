"""The one folder in which compiled kernels and downloads are kept."""

from pathlib import Path

import pytest

from backlit.engines.fast.compiling import store
from backlit.system.cache import cache_folder


def test_it_is_where_the_user_says_or_the_system_keeps_caches(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BACKLIT_CACHE", str(tmp_path / "here"))
    assert cache_folder() == tmp_path / "here"
    assert store.folder() == tmp_path / "here" / "kernels"
    monkeypatch.delenv("BACKLIT_CACHE")
    assert "backlit" in cache_folder().parts


def test_a_tilde_is_the_home_for_kernels_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BACKLIT_CACHE", "~/here")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))  # the home on Windows
    assert store.folder() == tmp_path / "here" / "kernels"
