"""The rooms of the house: a room imports only from the rooms above it."""

import ast
from pathlib import Path

import pytest

import backlit

PACKAGE = Path(backlit.__file__).parent

# From top to bottom.  Each room may import from those before it; single modules count as rooms.
ROOMS = [
    "errors",
    "system",
    "equations",
    "pure",
    "layers",
    "mistakes",
    "check",
    "eject",
    "worksheets",
    "learn",
    "network",
    "engines",
    "fast",
    "models",
    "recipes",
    "data",
    "training",
    "explain",
    "runs",
    "views",
    "web",
    "cli",
]
# These only pass on what is in the rooms.
DOORS = {"__init__", "__main__"}


def room_of(module: str) -> str:
    """``backlit.pure.window`` is in the room ``pure``."""
    return (module + ".__init__").split(".")[1]


def imports_of(path: Path) -> set[str]:
    """The rooms of backlit that a file imports from, wherever in the file it does so."""
    package = ("backlit", *path.relative_to(PACKAGE).parent.parts)
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            # `from backlit import pure` names the room last, if it does name a room.
            names = [f"{base}.{alias.name}" if base == "backlit" else base for alias in node.names]
        else:
            continue
        found |= {room_of(name) for name in names if name.partition(".")[0] == "backlit"}
    return found & set(ROOMS)


FILES = sorted(PACKAGE.rglob("*.py"))
FILES = [path for path in FILES if path.parent != PACKAGE or path.stem not in DOORS]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_room_imports_only_from_the_rooms_above_it(path: Path) -> None:
    room = path.relative_to(PACKAGE).with_suffix("").parts[0]
    assert room in ROOMS
    allowed = set(ROOMS[: ROOMS.index(room) + 1])
    assert imports_of(path) - allowed == set()


@pytest.mark.parametrize(
    ("line", "rooms"),
    [
        ("import backlit.training.loop", {"training"}),
        ("from backlit.cli import main", {"cli"}),
        ("from backlit import explain", {"explain"}),
        ("from ..web import server", {"web"}),
        ("from .. import views", {"views"}),
        ("from . import window", {"pure"}),
        ("from .window import Axis", {"pure"}),
        ("def later():\n    from ..network import Network", {"network"}),
        ("import backlit", set()),
        ("import numpy", set()),
    ],
)
def test_every_form_of_import_is_seen(
    line: str, rooms: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{__name__}.PACKAGE", tmp_path)
    (tmp_path / "pure").mkdir()
    (tmp_path / "pure" / "some.py").write_text(line, encoding="utf-8")
    assert imports_of(tmp_path / "pure" / "some.py") == rooms
