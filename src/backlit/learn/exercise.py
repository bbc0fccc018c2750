"""An exercise: one file with a text, a solution, from which the blanks are made, and its grading.

The marks in the file are nbgrader's own: what stands between ``### BEGIN SOLUTION`` and
``### END SOLUTION`` is blank for the reader, what stands between ``### BEGIN HIDDEN TESTS`` and
``### END HIDDEN TESTS`` never leaves the package.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from backlit.errors import ConfigurationError

from .parts import Bug, GradedPart

FOLDER = Path(__file__).parent / "exercises"
BLANK = "...  # your code"

_HIDDEN = re.compile(r"^### BEGIN HIDDEN TESTS\n.*?^### END HIDDEN TESTS\n", re.DOTALL | re.M)
_SOLUTION = re.compile(
    r"^( *)### BEGIN SOLUTION\n(.*?)^ *### END SOLUTION\n", re.DOTALL | re.MULTILINE
)


@dataclass(frozen=True)
class Exercise:
    """A step of the course.

    Attributes:
        number: its place on the path, from 1.
        name: a slug: "one_window".
        title: for the reader.
        text: what there is to know and to do, a screen of it.
        code: the functions with the marks around their solutions.
        hints: one after the other.
        parts: what is graded, a function each.
        points: of each part.
        bugs: of an exercise in which one is to be found.
    """

    number: int
    name: str
    title: str
    text: str
    code: str
    hints: tuple[str, ...]
    parts: tuple[GradedPart, ...]
    points: int
    bugs: tuple[Bug, ...] = ()

    @property
    def file_name(self) -> str:
        """Of the reader's file."""
        return f"{self.number:02d}_{self.name}.py"

    @property
    def solution(self) -> str:
        """The functions as they should be."""
        return _SOLUTION.sub(lambda found: found.group(2), self.code)

    def bug(self, seed: int) -> Bug:
        """The one that is to be found; another seed gives another one."""
        order = list(self.bugs)
        Random(0).shuffle(order)
        return order[seed % len(order)]

    def start(self, seed: int = 0) -> str:
        """The functions as the reader gets them: with blanks, or with a bug."""
        if self.bugs:
            return self.bug(seed).planted(self.solution)
        return _SOLUTION.sub(lambda found: f"{found.group(1)}{BLANK}\n", self.code)

    def all_hints(self, seed: int = 0) -> tuple[str, ...]:
        """All of them, in order."""
        return (*self.hints, *(self.bug(seed).hints if self.bugs else ()))

    def file(self, seed: int = 0) -> str:
        """The reader's file: the text, then the functions to complete."""
        return f'"""{self.number}. {self.title}\n\n{self.text}\n"""\n\n{self.start(seed)}'

    def solution_file(self) -> str:
        """The same, completed."""
        return f'"""{self.number}. {self.title}\n\n{self.text}\n"""\n\n{self.solution}'

    def is_untouched(self, code: str, seed: int = 0) -> bool:
        """Whether the reader's code is what it was at the beginning, comments and spaces aside."""
        return meaning(code) == meaning(self.file(seed))


def meaning(code: str) -> str:
    """What Python reads in a file, without its comments, spaces and texts.

    Raises:
        SyntaxError: it is no Python.
    """
    tree = ast.parse(code)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [each for each in body if not _is_text(each)]  # type: ignore[attr-defined]
    return ast.dump(tree)


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and (
        isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)
    )


@cache
def exercises() -> tuple[Exercise, ...]:
    """All exercises, in order."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("[0-9][0-9]_*.py")))


def exercise(which: int | str) -> Exercise:
    """One exercise by its number or its name.

    Raises:
        ConfigurationError: there is none.
    """
    for each in exercises():
        if str(which).strip() in (str(each.number), f"{each.number:02d}", each.name):
            return each
    raise ConfigurationError(f"there are exercises 1 to {len(exercises())}, not {which!r}")


def _read(path: Path) -> Exercise:
    source = path.read_text(encoding="utf-8")
    names: dict[str, Any] = {"__name__": f"exercise_{path.stem}", "__file__": str(path)}
    exec(compile(source, str(path), "exec"), names)
    title, _, text = names["__doc__"].strip().partition("\n")
    visible = _HIDDEN.sub("", source)
    code = visible[visible.index('"""', 3) + 3 :].strip() + "\n"
    parts: Sequence[GradedPart] = names["PARTS"]
    return Exercise(
        number=int(path.stem[:2]),
        name=path.stem[3:],
        title=title.strip(),
        text=text.strip("\n"),
        code=code,
        hints=tuple(names["HINTS"]),
        parts=tuple(parts),
        points=names.get("POINTS", 1),
        bugs=tuple(names.get("BUGS", ())),
    )
