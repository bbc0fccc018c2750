"""Where a mutation is made: a definition, found by its name, and a piece of it, found by its form.

No line of the source is quoted, so variables may be renamed, definitions may move to another file,
and layout and comments do not count.  A form is a pattern of ast-grep (https://ast-grep.github.io),
which compares syntax trees: ``$NAME`` stands for any one expression, the same name again for the
same expression, and ``$$$NAME`` for any number of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ast_grep_py import SgNode, SgRoot

_LANGUAGES = {".py": "python", ".js": "javascript"}
# What names something, in each language, and the field of the syntax tree that has the name.
_NAMES = {
    "python": {"function_definition": "name", "class_definition": "name", "assignment": "left"},
    "javascript": {
        "function_declaration": "name",
        "class_declaration": "name",
        "method_definition": "name",
        "variable_declarator": "name",
    },
}
_VARIABLES = {"assignment", "variable_declarator"}
_FUNCTIONS = {
    "function_definition",
    "function_declaration",
    "method_definition",
    "arrow_function",
}
_PLACEHOLDER = re.compile(r"\$(?:\$\$)?([A-Z_][A-Z0-9_]*)")
_HERE = "HERE"


class DoesNotFitError(ValueError):
    """A mutation and the package do not belong together any more."""


@dataclass(frozen=True)
class Definition:
    """Something with a name: ``Adam.step`` is the method ``step`` of ``Adam``."""

    file: Path
    names: tuple[str, ...]
    node: SgNode


def replaced(
    package: Path, where: str, form: str, mutant: str, nth: int | None = None
) -> tuple[Path, str]:
    """A file of a package, and its text with one piece replaced.

    Args:
        package: the folder of the package.
        where: the function, class or constant that has the piece: ``name``, ``Class.method`` or
            ``outer.inner``, where the outer names may be left out; before it, with a colon, the
            folder that it is in, if others are called so elsewhere: ``pure:dense_forward``.
        form: the pattern of the piece.  If ``$HERE`` is in it, only what that stands for is
            replaced, and the rest says which one is meant.
        mutant: what comes in its place, with the placeholders of the form.
        nth: which of several pieces of this form, from 0; without it there has to be exactly one.

    Raises:
        DoesNotFitError: there is no such piece, or more than one and nothing says which.
    """
    pieces = [
        (definition, piece)
        for definition in _definitions(package, where)
        for piece in definition.node.find_all(pattern=form)
    ]
    places = {f"{each.file.relative_to(package).as_posix()}" for each, _ in pieces}
    several = len(pieces) > 1 and (nth is None or len(places) > 1)
    if several or len(pieces) <= (nth or 0):
        raise DoesNotFitError(
            f"in {where} {form} fits {len(pieces)} pieces {sorted(places)}: "
            "it has to be one, or nth has to say which"
        )
    definition, piece = pieces[nth or 0]
    here = (piece.get_match(_HERE) or piece).range()
    text = _text(definition.file)
    return (
        definition.file,
        text[: here.start.index] + _filled(mutant, piece) + text[here.end.index :],
    )


def _definitions(package: Path, where: str) -> list[Definition]:
    """What has a name; those that are within nothing else, if there are any."""
    room, _, name = where.rpartition(":")
    wanted = tuple(name.split("."))
    found = [
        each
        for file in _files(package / room)
        if wanted[-1] in _text(file)
        for each in _definitions_in(file)
        if each.names[-len(wanted) :] == wanted
    ]
    if not found:
        raise DoesNotFitError(f"nothing is called {where}")
    return [each for each in found if each.names == wanted] or found


def _filled(mutant: str, match: SgNode) -> str:
    """The mutant with what its placeholders stand for."""

    def text(placeholder: re.Match[str]) -> str:
        one = match.get_match(placeholder[1])
        nodes = [one] if one else match.get_multiple_matches(placeholder[1])
        return "".join(node.text() for node in nodes)

    return _PLACEHOLDER.sub(text, mutant)


@cache
def _files(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.rglob("*") if path.suffix in _LANGUAGES)
    return [path for path in files if "vendor" not in path.parts]


@cache
def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@cache
def _definitions_in(file: Path) -> list[Definition]:
    language = _LANGUAGES[file.suffix]
    fields = _NAMES[language]
    tree = SgRoot(_text(file), language).root()
    found = []
    for node in tree.find_all({"rule": {"any": [{"kind": kind} for kind in fields]}}):
        if _defines(node):
            around = [each for each in node.ancestors() if each.kind() in fields and _defines(each)]
            names = [each.field(fields[each.kind()]) for each in [*reversed(around), node]]
            found.append(Definition(file, tuple(each.text() for each in names if each), node))
    return found


def _defines(node: SgNode) -> bool:
    """Variables within a function define nothing, unless they are functions themselves."""
    if node.kind() not in _VARIABLES:
        return True
    value = node.field("value")
    if value is not None and value.kind() in _FUNCTIONS:
        return True
    return not any(each.kind() in _FUNCTIONS for each in node.ancestors())
