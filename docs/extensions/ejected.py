"""Pieces of the program that the demo's network becomes."""

from __future__ import annotations

import ast
import re
from functools import cache

import backlit as bl
from backlit.models import build_model

MODEL = "small"  # that of the demo


@cache
def program(training: bool = True, target: str = "python") -> str:
    """The whole program, its weights as they are before training."""
    layers = build_model(MODEL, (1, 8, 8), 10)
    net = bl.Network((1, 8, 8), layers, engine="pure")
    net.normalization = bl.Normalization((0.3,), (0.4,))
    return net.eject(target, training=training)


def ejected(*names: str, target: str = "python") -> str:
    """Some functions of the program, as a block of code that is only shown."""
    source = program(target=target)
    found = {
        node.name: ast.get_source_segment(source, node)
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
    }
    code = "\n\n\n".join(str(found[name]) for name in names)
    return f"```python\n{code}\n```"


def ejected_c(*names: str) -> str:
    """Some functions of the program for one image in C, with the comments above them."""
    source = program(training=False, target="c")
    found = []
    for name in names:
        piece = re.search(rf"^/\*(?:(?!\*/).)*\*/\n\w[^\n;]*\b{name}\(.*?^}}$", source, re.M | re.S)
        assert piece is not None, name
        found.append(piece[0])
    return "```c\n" + "\n\n".join(found) + "\n```"


def ejected_arena() -> str:
    """The room that the program in C needs while it works on an image, as half a sentence."""
    found = re.search(r"take ([\d,]+) bytes", program(training=False, target="c"))
    assert found is not None
    return f"The demo's network works in {found[1]} bytes, besides its weights."


def ejected_lines() -> str:
    """How long the program is: up to the reading of pictures, empty lines left out."""
    rows = []
    for what, training in (("forward", False), ("forward, backward and training", True)):
        head = program(training).partition("# --- From pixels")[0]
        rows.append(f"| {what} | {sum(1 for line in head.splitlines() if line.strip())} |")
    return "\n".join(["| the demo's network | lines |", "| --- | ---: |", *rows])
