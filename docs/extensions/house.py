"""What the page on the layout says about the package, read from the package itself."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "backlit"


@dataclass(frozen=True)
class Room:
    """A folder of the package, or a single module that stands between them."""

    name: str
    path: Path

    @property
    def sentence(self) -> str:
        """What it says about itself first."""
        return first_line(self.path / "__init__.py" if self.path.is_dir() else self.path)


def rooms() -> list[Room]:
    """From top to bottom, in the order that ``tests/test_rooms.py`` holds them to."""
    tree = ast.parse((ROOT / "tests" / "test_rooms.py").read_text("utf-8"))
    names = next(
        ast.literal_eval(statement.value)
        for statement in tree.body
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "ROOMS"
    )
    places = [(name, PACKAGE / name, PACKAGE / f"{name}.py") for name in names]
    found = [(name, folder if folder.is_dir() else file) for name, folder, file in places]
    return [Room(name, path) for name, path in found if path.exists()]


def rooms_table() -> str:
    """The rooms as a table in Markdown."""
    lines = ["| room | what is in it |", "| --- | --- |"]
    for room in rooms():
        name = f"`{room.path.name}{'/' * room.path.is_dir()}`"
        lines.append(f"| {name} | {prose(room.sentence)} |")
    return "\n".join(lines)


def first_line(path: Path) -> str:
    """The first line of a file's docstring."""
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return docstring.partition("\n\n")[0].replace("\n", " ")


def prose(text: str) -> str:
    """A docstring's line as Markdown: names in two backquotes and in roles become code."""
    return re.sub(r":\w+:`~?([^`]+)`|``([^`]+)``", lambda found: f"`{found[1] or found[2]}`", text)
