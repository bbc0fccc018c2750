"""A command line in this process, and the little that commands work on."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from backlit.cli import main
from backlit.data import load_dataset


@dataclass(frozen=True)
class Result:
    """What a command line left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which is one JSON document."""
        return json.loads(self.out)

    @property
    def sentence(self) -> str:
        """The one sentence that is said when something went wrong."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("backlit: error: ")
        return lines[0].removeprefix("backlit: error: ")


CommandLine = Callable[..., Result]


@pytest.fixture
def backlit(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """``backlit("info", run)`` is what ``backlit info RUN`` does in a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("BACKLIT_DEBUG", raising=False)

    def run(*arguments: str | Path) -> Result:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Result(status, out, err)

    return run


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run on a few digits; tests must not change it."""
    folder = tmp_path_factory.mktemp("runs") / "digits"
    arguments = ["train", "digits", "--out", str(folder), "--limit", "60", "--epochs", "1"]
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        assert main(arguments) == 0
    return folder


@pytest.fixture
def run(trained: Path, tmp_path: Path) -> Path:
    """A copy of the finished run, to be changed."""
    return Path(shutil.copytree(trained, tmp_path / "run"))


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A few digits that were held out, as PNG files."""
    folder = tmp_path_factory.mktemp("pictures")
    images, _ = load_dataset("digits").test
    paths = [folder / f"digit {number}.png" for number in range(3)]
    for path, image in zip(paths, images, strict=False):
        Image.fromarray(image[0]).save(path)
    return paths
