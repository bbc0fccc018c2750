"""The Python program runs on other Pythons than ours, old, new and small."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.eject.networks import examples, network
from tests.web.node import node

HERE = Path(__file__).parent
MICROPYTHON = "@micropython/micropython-webassembly-pyscript"
VERSIONS = [(3, minor) for minor in range(8, 15)]
NAMES = ["convs that differ in stride and padding", "batch norm", "dropout", "branches", "GELU"]


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("programs")
    files: list[Path] = []
    for name in NAMES:
        files.append(folder / f"{len(files)}.py")
        source = network(examples()[name]).eject("python", training=True)
        files[-1].write_text(source, encoding="utf-8")
    return files


def interpreters() -> list[str]:
    """Every Python from 3.8 on that is installed here, ours among them."""
    places = [shutil.which(f"python{major}.{minor}") for major, minor in VERSIONS]
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for major, minor in VERSIONS:
        places += map(str, root.glob(f"{major}.{minor}.*/bin/python"))
    return [sys.executable, *(each for each in places if each and _works(each))]


def _works(place: str) -> bool:
    """A launcher may be there without the version that it would launch."""
    try:
        done = subprocess.run([place, "-c", ""], capture_output=True, check=False, timeout=60)
    except OSError:
        return False
    return done.returncode == 0


@pytest.mark.parametrize("interpreter", interpreters())
def test_every_python_that_is_here(interpreter: str, programs: list[Path]) -> None:
    for file in programs:
        done = subprocess.run(
            [interpreter, "-W", "error", file, "test"], capture_output=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, b""), done.stdout


@pytest.mark.pages  # it takes npm, as the pages' tests do
def test_micropython(programs: list[Path], tmp_path: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("Node.js with npm, which brings MicroPython, is not installed")
    install = [npm, "install", "--silent", "--prefix", str(tmp_path), f"{MICROPYTHON}@1.27.0"]
    subprocess.run(install, check=True)
    module = tmp_path / "node_modules" / MICROPYTHON / "micropython.mjs"
    done = subprocess.run(
        [node(), HERE / "micropython.mjs", module, *programs],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stdout.count("status 0\n") == len(programs), done.stdout + done.stderr[-2000:]
    assert "NOT equal" not in done.stdout
