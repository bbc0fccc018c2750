"""The book's own lines for an operation: what a page shows under "as Python"."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

from backlit import pure

# What each equation of an operation is in the book, where the names do not say it.
_NAMES = {
    "conv2d": {
        "forward": "conv2d_forward",
        "weight": "conv2d_filter_gradient",
        "bias": "conv2d_bias_gradient",
        "input": "conv2d_input_gradient",
        "scatter": "conv2d_input_gradient_scatter",
        "correlation": "conv2d_input_gradient_correlation",
    },
}


def book_lines(operation: str) -> dict[str, str]:
    """The source of an operation's functions, without their docstrings, by what they compute."""
    names = _NAMES.get(operation) or {
        "forward": f"{operation}_forward",
        "backward": f"{operation}_backward",
    }
    functions = {what: getattr(pure, name, None) for what, name in names.items()}
    return {what: _lines(each) for what, each in functions.items() if each is not None}


def _lines(function: Callable[..., Any]) -> str:
    """A function as it stands in the book, but for its docstring, of which a page shows more."""
    source = textwrap.dedent(inspect.getsource(function))
    tree = ast.parse(source).body[0]
    assert isinstance(tree, ast.FunctionDef)
    lines = source.splitlines()
    if ast.get_docstring(tree) is not None:
        text = tree.body[0]
        assert text.end_lineno is not None
        del lines[text.lineno - 1 : text.end_lineno]
    return "\n".join(lines).strip("\n")
