"""A cache for each test."""

from pathlib import Path

import pytest

from backlit.engines.fast.compiling import library


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and a process that remembers no kernel."""
    monkeypatch.setenv("BACKLIT_CACHE", str(tmp_path))
    monkeypatch.setattr(library, "_addresses", {})
    return tmp_path / "kernels"
