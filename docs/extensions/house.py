"""What the page on the layout says about the package, read from the package itself."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "backlit"
SOURCES = (PACKAGE, ROOT / "tests")


@dataclass(frozen=True)
class Room:
    """A folder of the package, or a single module that stands between them."""

    name: str
    path: Path

    @property
    def files(self) -> list[Path]:
        """Its Python files."""
        return sorted(self.path.rglob("*.py")) if self.path.is_dir() else [self.path]

    @property
    def sentence(self) -> str:
        """What it says about itself first."""
        return first_line(self.path / "__init__.py" if self.path.is_dir() else self.path)

    @property
    def lines(self) -> int:
        """The length of its middle file."""
        return int(median(len(path.read_text("utf-8").splitlines()) for path in self.files))


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


def rooms_html() -> str:
    """The rooms as a table."""
    rows = "".join(
        f'<tr><th scope="row"><code>{room.path.name}{"/" * room.path.is_dir()}</code></th>'
        f"<td>{prose(room.sentence)}</td><td>{len(room.files)}</td><td>{room.lines}</td></tr>"
        for room in rooms()
    )
    head = "<th>room</th><th>what is in it</th><th>files</th><th>median lines</th>"
    return table(head, rows)


def mentions_html(word: str) -> str:
    """The files of the package and of its tests in which a word stands, as a table."""
    pattern = re.compile(rf"\b{word}(_forward|_backward)?\b", re.IGNORECASE)
    files = [path for folder in SOURCES for path in sorted(folder.rglob("*.py"))]
    rows = "".join(
        f'<tr><th scope="row"><code>{path.relative_to(ROOT).as_posix()}</code></th>'
        f"<td>{prose(first_line(path))}</td></tr>"
        for path in files
        if pattern.search(path.read_text("utf-8"))
    )
    return table("<th>file</th><th>what it is for</th>", rows)


def table(head: str, rows: str) -> str:
    """A table that scrolls where the page is too narrow for it."""
    return (
        '<div class="backlit-scroll"><table class="backlit-table">'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def first_line(path: Path) -> str:
    """The first line of a file's docstring."""
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return docstring.partition("\n\n")[0].replace("\n", " ")


def prose(text: str) -> str:
    """A docstring's line as HTML: names in backquotes become code, roles lose their frame."""
    plain = re.sub(r":\w+:`~?([^`]+)`", r"``\1``", text)
    return re.sub(r"``([^`]+)``", r"<code>\1</code>", escape(plain))
