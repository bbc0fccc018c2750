"""A class has a name of its own: who meets it in a message or a type knows which one is meant."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import backlit

PACKAGE = Path(backlit.__file__).parent


def class_names() -> Iterator[tuple[str, str]]:
    """The name of every class, and the file that it is in; private ones and those inside others."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                yield node.name, path.relative_to(PACKAGE).as_posix()


def test_no_two_classes_have_the_same_name() -> None:
    files = defaultdict(list)
    for name, file in class_names():
        files[name].append(file)
    assert len(files) > 200
    assert {name: found for name, found in files.items() if len(found) > 1} == {}
