"""What an expression between ``<!-- computed: … -->`` and ``<!-- end -->`` may call."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from backlit import pure
from docs.extensions import (
    beside,
    course,
    drawing,
    ejected,
    house,
    ladder,
    measured,
    models,
    questions,
    reference,
)
from docs.extensions.equations import equations, what_is_passed_back
from docs.extensions.running import ROOT

PICTURES = ROOT / "docs" / "_static" / "pictures"
PACKAGE = ROOT / "src" / "backlit"


class Helpers:
    """The functions, for one page; ``files`` are the pictures that they have drawn."""

    def __init__(self, page: Path) -> None:
        self._page = page
        self.files: dict[Path, str] = {}

    def names(self) -> dict[str, Any]:
        """Name → function."""
        return {
            **{name: getattr(drawing, name) for name in drawing.__all__},
            **{name: getattr(measured, name) for name in measured.__all__},
            "equations": equations,
            "what_is_passed_back": what_is_passed_back,
            "ejected": ejected.ejected,
            "ejected_lines": ejected.ejected_lines,
            "ejected_arena": ejected.ejected_arena,
            "ejected_c": ejected.ejected_c,
            "reference": reference.reference,
            "questions": beside.questions,
            "question_count": questions.question_count,
            "question_list": questions.question_list,
            "rooms_table": house.rooms_table,
            "exercise_table": course.exercise_table,
            "ladder": ladder.ladder,
            "ladder_list": ladder.ladder_list,
            "models_table": models.models_table,
            "recipe_models_table": models.recipe_models_table,
            "picture": self.picture,
            "curve": self.curve,
            "sizes_pictures": self.sizes_pictures,
            "source": self.source,
        }

    def picture(self, name: str, drawn: drawing.Picture) -> str:
        """A drawing in two files, one for light and one for dark pages, and the lines that show it.

        Args:
            name: of the files.
            drawn: what to draw.
        """
        for scheme in ("light", "dark"):
            self.files[PICTURES / f"{name}-{scheme}.svg"] = drawn.svg(scheme)
        path = self._from_here(PICTURES / name)
        shown = (
            "<picture>\n"
            f'  <source media="(prefers-color-scheme: dark)" srcset="{path}-dark.svg">\n'
            f'  <img alt="{escape(drawn.title)}" src="{path}-light.svg" width="{drawn.width}">\n'
            "</picture>"
        )
        return f"{shown}\n\n*{drawn.caption}*" if drawn.caption else shown

    def _from_here(self, path: Path) -> str:
        """How the page calls a file."""
        return Path(os.path.relpath(path, self._page.parent)).as_posix()

    def curve(self, name: str, **options: Any) -> str:
        """An activation function of the book and its slope."""
        forward: Callable[[Any], Any] = getattr(pure, f"{name}_forward")
        backward: Callable[[Any, Any], Any] = getattr(pure, f"{name}_backward")
        return self.picture(name, drawing.curve(name, forward, backward, **options))

    def sizes_pictures(self) -> str:
        """What an image costs each network, in batches and in images of growing size."""
        return "\n\n".join(
            self.picture(f"speed-{name}-{across}", measured.sizes(name, across))
            for name in measured.kept("sizes")["cases"]
            for across in ("batches", "sizes")
        )

    def source(self, file: str, name: str) -> str:
        """A function or a class of the package, as it stands in its file, behind a link to that."""
        path = PACKAGE / file
        text = path.read_text(encoding="utf-8")
        link = f"From [`src/backlit/{file}`]({self._from_here(path)}):"
        return f"{link}\n\n```python\n{definition(text, name)}\n```"


def definition(text: str, name: str) -> str:
    """The lines of a definition such as ``conv2d_forward`` or ``SGD.update``."""
    nodes: list[ast.stmt] = ast.parse(text).body
    found: Any = None
    for part in name.split("."):
        found = next(each for each in nodes if getattr(each, "name", None) == part)
        nodes = found.body
    first = min([found.lineno, *(each.lineno for each in found.decorator_list)])
    lines = text.splitlines()[first - 1 : found.end_lineno]
    indent = len(lines[0]) - len(lines[0].lstrip())
    return "\n".join(line[indent:] for line in lines)
