"""All errors look alike: they begin with a small letter and end without a full stop."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import backlit
from backlit import errors

PACKAGE = Path(backlit.__file__).parent
KINDS = {name for name in dir(errors) if name.endswith("Error")} | {"BadParameter", "UsageError"}
NAMES = {*dir(backlit), "MNIST", "Ctrl"}


def messages(source: str) -> Iterator[str]:
    """The text of every error of ours that is raised; what is put in is left out as "{}"."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
            continue
        kind, arguments = node.exc.func, node.exc.args
        name = kind.attr if isinstance(kind, ast.Attribute) else getattr(kind, "id", "")
        if name in KINDS and arguments:
            yield from text_of(arguments[0])


def text_of(message: ast.expr) -> Iterator[str]:
    if isinstance(message, ast.Constant):
        yield str(message.value)
    elif isinstance(message, ast.JoinedStr):
        parts = [str(p.value) if isinstance(p, ast.Constant) else "{}" for p in message.values]
        yield "".join(parts)


def looks_like_all(message: str) -> bool:
    first = re.match(r"[A-Z][a-z]+\b", message)
    return (first is None or first[0] in NAMES) and not re.search(r"(?<!\.\.)\.$", message)


@pytest.mark.parametrize(
    ("message", "fine"),
    [
        ("there is no x", True),
        ("There is no x", False),
        ("there is no x.", False),
        ("Add needs equal shapes", True),
        ("{} holds no run", True),
        ("DATA is missing", True),
        ("leave out run=...", True),
    ],
)
def test_what_a_message_looks_like(message: str, fine: bool) -> None:
    assert looks_like_all(message) is fine


def test_every_form_of_message_is_seen() -> None:
    source = """
def f(x):
    raise InputError("one")
    raise errors.DataError(f"two {x}" " three") from None
    raise typer.BadParameter("four", param_hint="x")
    raise KeyError("Not ours.")
"""
    assert list(messages(source)) == ["one", "two {} three", "four"]


def test_all_errors_look_alike() -> None:
    found = {
        f"{path.relative_to(PACKAGE)}: {message}"
        for path in PACKAGE.rglob("*.py")
        for message in messages(path.read_text(encoding="utf-8"))
        if not looks_like_all(message)
    }
    assert found == set()
