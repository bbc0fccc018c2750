"""Modules that import one another in a circle cannot be read one after the other."""

import ast
from functools import cache
from pathlib import Path

import pytest

import backlit
from tests.test_rooms import ROOMS

PACKAGE = Path(backlit.__file__).parent
# The room that still has circles; every other one is free of them.
WITH_CIRCLES = {"equations"}


def name_of(path: Path, package: Path = PACKAGE) -> str:
    """``…/backlit/explain/trace.py`` is ``backlit.explain.trace``."""
    parts = path.relative_to(package).with_suffix("").parts
    return ".".join(("backlit", *parts)).removesuffix(".__init__")


def imports_of(path: Path, modules: set[str], package: Path = PACKAGE) -> set[str]:
    """The modules that a file imports, wherever in the file it does so."""
    folder = ("backlit", *path.relative_to(package).parent.parts)
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = folder[: len(folder) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            named = {f"{base}.{alias.name}" for alias in node.names}
            # `from . import trace` imports the module trace, `from .trace import Trace` too.
            found |= named & modules or {base}
    return found & modules


def all_imports(package: Path = PACKAGE) -> dict[str, set[str]]:
    """What each module imports; the package's own door, which leads everywhere, is left out."""
    files = {name_of(path, package): path for path in package.rglob("*.py")}
    files.pop("backlit", None)
    modules = set(files)
    return {name: imports_of(path, modules, package) - {name} for name, path in files.items()}


def circles(imports: dict[str, set[str]]) -> list[set[str]]:
    """The largest sets of modules in which each one leads to each other one."""
    reached = {name: _reached(name, imports) for name in imports}
    found: list[set[str]] = []
    for name in imports:
        circle = {other for other in reached[name] if name in reached[other]}
        if circle and circle not in found:
            found.append(circle)
    return found


def _reached(start: str, imports: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    left = [start]
    while left:
        new = imports[left.pop()] - found
        found |= new
        left += new
    return found


@cache
def circles_of_the_package() -> list[set[str]]:
    """Found once for all rooms."""
    return circles(all_imports())


@pytest.mark.parametrize("room", [room for room in ROOMS if room not in WITH_CIRCLES])
def test_no_circle_of_imports(room: str) -> None:
    inside = f"backlit.{room}"
    for circle in circles_of_the_package():
        assert not any(f"{name}.".startswith(f"{inside}.") for name in circle), sorted(circle)


def test_a_circle_is_found(tmp_path: Path) -> None:
    for name, text in {
        "__init__": "from .a import A",
        "a": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .room.b import B",
        "room/__init__": "",
        "room/b": "def later():\n    from . import c",
        "room/c": "import backlit.a",
        "room/d": "from ..a import A\nfrom . import b",
    }.items():
        (tmp_path / "room").mkdir(exist_ok=True)
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    assert circles(all_imports(tmp_path)) == [{"backlit.a", "backlit.room.b", "backlit.room.c"}]
