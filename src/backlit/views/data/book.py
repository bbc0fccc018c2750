"""The book's own lines for an operation: what a page shows under "as Python"."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from functools import cache
from typing import Any

from backlit import pure
from backlit.pure import conv2d, pooling

# What each equation of an operation is in the book, where the names do not say it.
_FUNCTIONS: dict[str, dict[str, tuple[Callable[..., Any], ...]]] = {
    "conv2d": {
        "forward": (conv2d.connections, conv2d.add_bias, pure.conv2d_forward),
        "weight": (conv2d.connections, pure.conv2d_filter_gradient),
        "bias": (pure.conv2d_bias_gradient,),
        "input": (pure.conv2d_input_gradient_gather,),
        "scatter": (conv2d.connections, pure.conv2d_input_gradient),
        "correlation": (pure.conv2d_input_gradient_correlation,),
    },
    "max_pool2d": {
        "forward": (pooling.under_window, pooling.winner, pure.max_pool2d_forward),
        "backward": (pooling.under_window, pooling.winner, pure.max_pool2d_backward),
    },
    "avg_pool2d": {
        "forward": (pooling.under_window, pooling.divisor, pure.avg_pool2d_forward),
        "backward": (pooling.under_window, pooling.divisor, pure.avg_pool2d_backward),
    },
}


@cache
def book_lines(operation: str) -> dict[str, str]:
    """The source of an operation's functions, without their docstrings, by what they compute."""
    functions = _FUNCTIONS.get(operation)
    if functions is None:
        functions = {
            way: (getattr(pure, f"{operation}_{way}"),)
            for way in ("forward", "backward")
            if hasattr(pure, f"{operation}_{way}")
        }
    return {what: "\n\n\n".join(map(_lines, each)) for what, each in functions.items()}


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
