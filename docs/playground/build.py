"""Assemble the playground: Pyodide, the rooms of backlit that it runs, an editor, and the page.

``build(folder)`` needs Node.js with npm, which bring Pyodide and CodeMirror; neither is part of the
repository.  Everything that the page loads lies in the folder afterwards, so that it works from any
place that serves files.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from backlit import learn
from backlit.system.locking import FolderLock
from backlit.web.bundle import style

HERE = Path(__file__).resolve().parent
MODULES = HERE / "node_modules"
PACKAGE = HERE.parents[1] / "src" / "backlit"
# The rooms that need nothing but the standard library, and what shows them.
ROOMS = (
    *("__init__.py", "errors.py", "system", "pure", "equations", "layers"),
    *("mistakes", "check", "eject", "worksheets", "learn"),
    *("views/__init__.py", "views/data"),
)
PYODIDE = (
    *("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"),
    *("python_stdlib.zip", "pyodide-lock.json"),
)
VENDOR = PACKAGE / "web" / "front" / "vendor"
# Name, title and text; the arguments that it begins with, or the number of an exercise.
Example: TypeAlias = dict[str, str | int]
_TITLE = re.compile(r"# title: (?P<title>.*)\n")
_MPL = "Mozilla Public License 2.0, https://www.mozilla.org/MPL/2.0/"


def npm() -> str | None:
    """Where npm is; None where it, or Node.js, is missing."""
    return shutil.which("npm") if shutil.which("node") else None


def build(folder: Path, more: Iterable[Example] = ()) -> None:
    """Write the playground into a folder, which is made.

    Args:
        folder: where.
        more: programs to begin with, besides those that lie here.

    Raises:
        subprocess.CalledProcessError: npm or esbuild failed; what they said is on standard error.
        FileNotFoundError: there is no npm.
    """
    install()
    folder.mkdir(parents=True, exist_ok=True)
    outdir = f"--outdir={folder}"
    subprocess.run([_npm(), "run", "--silent", "bundle", "--", outdir], cwd=HERE, check=True)
    for name in ("index.html", "style.css", "worker.js"):
        shutil.copy(HERE / name, folder / name)
    (folder / "page.css").write_text(style(), encoding="utf-8")
    (folder / "pyodide").mkdir(exist_ok=True)
    for name in PYODIDE:
        shutil.copy(MODULES / "pyodide" / name, folder / "pyodide" / name)
    write_archive(folder / "backlit.zip")
    (folder / "examples.json").write_text(
        json.dumps([*examples(), *more, *exercises()]), encoding="utf-8"
    )
    (folder / "licenses.txt").write_text(licenses(), encoding="utf-8")


def install() -> None:
    """Let npm bring what ``package-lock.json`` names, if it is not there already.

    Tests run in several processes, of which one does it while the others wait.
    """
    lock, stamp = HERE / "package-lock.json", MODULES / "backlit-setup.json"
    folder = FolderLock(HERE, HERE / ".lock")
    while not folder.take():
        time.sleep(0.1)
    try:
        if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
            subprocess.run([_npm(), "ci", "--ignore-scripts", "--silent"], cwd=HERE, check=True)
            shutil.copy(lock, stamp)
    finally:
        folder.release()


def _npm() -> str:
    found = npm()
    if found is None:
        raise FileNotFoundError("the playground takes Node.js with npm, which is not installed")
    return found


def write_archive(path: Path) -> None:
    """Write the modules that Python loads in the browser; the same files give the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, name in (*_sources(), (HERE / "playground.py", "playground.py")):
            archive.writestr(zipfile.ZipInfo(name), file.read_bytes(), zipfile.ZIP_DEFLATED)


def _sources() -> Iterator[tuple[Path, str]]:
    for room in ROOMS:
        files = (
            [PACKAGE / room]
            if room.endswith(".py")
            else sorted(PACKAGE.joinpath(room).rglob("*.py"))
        )
        for file in (*files, *(learn.DIGIT_FILES if room == "learn" else ())):
            yield file, f"backlit/{file.relative_to(PACKAGE).as_posix()}"


def examples() -> list[Example]:
    """The programs that a reader can begin with; the first line of each says its title."""
    found = []
    for file in sorted(HERE.joinpath("examples").glob("*.py")):
        text = file.read_text(encoding="utf-8")
        titled = _TITLE.match(text)
        if titled is None:
            raise ValueError(f"{file.name} needs a first line like '# title: A filter, by hand'")
        found.append(
            {"name": file.stem, "title": titled["title"], "text": text[titled.end() :].lstrip("\n")}
        )
    return found


def exercises() -> Iterator[Example]:
    """The course's exercises, as their files begin."""
    for each in learn.exercises():
        yield {
            "name": f"exercise-{each.number}",
            "title": f"{each.number}. {each.title}",
            "text": each.file(),
            "exercise": each.number,
        }


def licenses() -> str:
    """The licenses of all that npm has brought into the page."""
    lock = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))
    parts = ["The playground contains, besides backlit itself (MIT license):\n"]
    for place, package in lock["packages"].items():
        if not place or package.get("dev") or package.get("optional"):
            continue
        name, version = place.removeprefix("node_modules/"), package["version"]
        file = HERE / place / "LICENSE"
        if name == "pyodide":
            text = (
                f"{_MPL}\nIts source: https://github.com/pyodide/pyodide/tree/{version}\n"
                "It contains CPython, under the license of the Python Software Foundation: "
                "https://docs.python.org/3/license.html\n"
            )
        elif file.exists():
            text = file.read_text(encoding="utf-8")
        else:
            text = f"{package['license']} license\n"
        parts.append(f"{name} {version}\n{'-' * 60}\n{text}")
    for file in sorted(VENDOR.glob("*LICENSE*")):
        name = file.name.removesuffix(".LICENSE")
        parts.append(f"{name}\n{'-' * 60}\n{file.read_text(encoding='utf-8')}")
    return "\n\n".join(parts)
