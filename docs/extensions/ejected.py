"""Pieces of the program that the demo's network becomes."""

from __future__ import annotations

import ast
from functools import cache

import backlit as bl
from backlit.models import build_model

MODEL = "small"  # that of the demo


@cache
def program(training: bool = True) -> str:
    """The whole program, its weights as they are before training."""
    layers = build_model(MODEL, (1, 8, 8), 10)
    net = bl.Network((1, 8, 8), layers, engine="pure")
    net.normalization = bl.Normalization((0.3,), (0.4,))
    return net.eject("python", training=training)


def ejected(*names: str) -> str:
    """Some functions of the program, as a block of code that is only shown."""
    source = program()
    found = {
        node.name: ast.get_source_segment(source, node)
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
    }
    code = "\n\n\n".join(str(found[name]) for name in names)
    return f"```python\n{code}\n```"


def ejected_lines() -> str:
    """How long the program is: up to the reading of pictures, empty lines left out."""
    rows = []
    for what, training in (("forward", False), ("forward, backward and training", True)):
        head = program(training).partition("# --- From pixels")[0]
        rows.append(f"| {what} | {sum(1 for line in head.splitlines() if line.strip())} |")
    return "\n".join(["| the demo's network | lines |", "| --- | ---: |", *rows])
