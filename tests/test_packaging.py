"""What users install: built from a clean copy, it holds all it needs and nothing else.

The wheel is installed into an empty environment by pip without any index.  What pip may then find
there beside it are copies of the distributions that the package *declares*, and of those that these
declare in turn: a dependency that is used but not declared is missing there.
"""

import email.message
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import backlit

ROOT = Path(__file__).resolve().parents[1]
NOT_SOURCE = (".*", "__pycache__", "build", "dist", "htmlcov", "node_modules", "runs", "site")
SCRIPTS = "Scripts" if os.name == "nt" else "bin"


@dataclass(frozen=True)
class Built:
    """A clean copy of the project and what was built from it."""

    project: Path
    sdist: Path
    wheel: Path

    @property
    def metadata(self) -> email.message.Message:
        """The wheel's core metadata."""
        with zipfile.ZipFile(self.wheel) as archive:
            name = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
            return email.message_from_bytes(archive.read(name))


@dataclass(frozen=True)
class Installed:
    """The package in an environment of its own, for a user whose home is empty."""

    folder: Path

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment, away from the project and without its settings."""
        home = str(self.folder / "home")
        kept = {key: os.environ[key] for key in ("SYSTEMROOT", "TMPDIR") if key in os.environ}
        return subprocess.run(
            [self.folder / "venv" / SCRIPTS / program, *arguments],
            cwd=self.folder,
            env=kept | {"HOME": home, "USERPROFILE": home, "PATH": os.defpath, "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The source distribution, and the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("built")
    project, output = folder / "project", folder / "dist"
    copy_sources(project)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(output)]
    run = subprocess.run([*command, str(project)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return Built(project, next(output.glob("*.tar.gz")), next(output.glob("*.whl")))


@pytest.fixture(scope="module")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel, installed beside the packages that it declares and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    (folder / "home").mkdir()
    venv.create(folder / "venv", with_pip=False, symlinks=os.name != "nt")
    user = Installed(folder)
    where = user.run("python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    for name in sorted(declared(built.metadata.get_all("Requires-Dist", []))):
        copy_distribution(name, Path(where.stdout.strip()))
    python = str(folder / "venv" / SCRIPTS / "python")
    pip = [sys.executable, "-m", "pip", "--isolated", "--python", python]
    command = [*pip, "install", "--no-index", str(built.wheel)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return user


def copy_sources(target: Path) -> None:
    """Copy what git tracks; where git cannot tell, all that looks like source."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z"]
    try:
        names = subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        shutil.copytree(ROOT, target, ignore=shutil.ignore_patterns(*NOT_SOURCE))
        return
    for name in names:
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def declared(requirements: list[str], extra: str = "") -> Iterator[str]:
    """The names of all distributions that these requirements ask for, and those ask for in turn."""
    for requirement in map(Requirement, requirements):
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement.name
            needs = importlib.metadata.requires(requirement.name) or []
            for wanted in requirement.extras | {""}:
                yield from declared(needs, wanted)


def copy_distribution(name: str, site_packages: Path) -> None:
    """Copy an installed distribution, except for its command line programs."""
    for file in importlib.metadata.files(name) or []:
        if ".." not in file.parts and file.suffix != ".pyc":
            (site_packages / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(str(file.locate()), site_packages / file)


def test_the_wheel_holds_the_whole_package(built: Built) -> None:
    source = built.project / "src"
    expected = {p.relative_to(source).as_posix() for p in source.rglob("*") if p.is_file()}
    with zipfile.ZipFile(built.wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == expected
    assert {"backlit/__init__.py", "backlit/py.typed"} <= names


def test_the_source_distribution_can_be_worked_on(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"LICENSE", "README.md", "pyproject.toml", "dev.py", "tests/conftest.py"} <= names
    assert {".prettierrc.json", "tools/front/package-lock.json"} <= names
    assert not any("node_modules" in name for name in names)


def test_the_citation_names_the_version_and_the_license() -> None:
    text = (ROOT / "CITATION.cff").read_text("utf-8")
    stated = dict(
        line.split(": ", 1) for line in text.splitlines() if re.match(r"\w[\w-]*: ", line)
    )
    assert stated["version"] == backlit.__version__
    assert stated["license"] == importlib.metadata.metadata("backlit")["License-Expression"]


def test_the_metadata_tell_what_users_need_and_nothing_of_the_oracle(built: Built) -> None:
    metadata = built.metadata
    requirements = [Requirement(text) for text in metadata.get_all("Requires-Dist", [])]
    needed = {each.name for each in requirements if each.marker is None}
    files = {"pillow", "platformdirs", "pooch", "safetensors"}
    serving = {"msgspec", "starlette", "uvicorn"}
    assert needed == {"numba", "numpy", "rich", "typer"} | files | serving
    extra = {each.name: str(each.marker) for each in requirements if each.marker is not None}
    assert extra["anywidget"] == 'extra == "notebook"'
    assert metadata["Version"] == backlit.__version__
    assert metadata["License-Expression"] == "MIT"
    assert metadata.get_all("License-File") == ["LICENSE"]


def test_the_command_works_for_a_new_user(installed: Installed) -> None:
    run = installed.run("backlit", "--help")
    assert run.returncode == 0, run.stderr
    assert all(command in run.stdout for command in ("train", "explain", "predict", "equations"))


def test_it_is_the_installed_package_that_is_imported(installed: Installed) -> None:
    run = installed.run("python", "-c", "import backlit; print(backlit.__file__)")
    assert run.returncode == 0, run.stderr
    assert Path(run.stdout.strip()).is_relative_to(installed.folder / "venv")


def test_the_digits_come_with_the_package(installed: Installed) -> None:
    program = "from backlit.data import load_dataset; print(load_dataset('digits').classes)"
    run = installed.run("python", "-c", program)
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == str(tuple("0123456789"))


def test_nothing_was_written_into_the_users_home(installed: Installed) -> None:
    for arguments in (["-m", "backlit", "--help"], ["-c", "import backlit.pure, backlit.data"]):
        run = installed.run("python", *arguments)
        assert run.returncode == 0, run.stderr
    assert list((installed.folder / "home").iterdir()) == []
