"""Whether code means filters of any shape, or square ones alone.

Who writes ``k = len(w)`` and counts rows and columns by it means square filters; that is a limit,
as one stride is.  Who asks for the columns, too, and counts them by the rows, has made a mistake.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator

from backlit.mistakes import MISTAKES

from . import vocabulary
from .adapting import CallPlan
from .reading import words_of


def asks_for_columns(plan: CallPlan) -> bool:
    """Whether it asks its filters how many columns they have, and not how many rows alone."""
    axes = plan.layout.theirs("ocuv")
    names = {name for name, role in plan.every_argument if role == "w"}
    asked = set(_asked(str(plan.subject.described.get("source", "")), names, axes))
    return {"u", "v"} <= asked


def squares_remark(plan: CallPlan) -> str:
    """That it takes filters for square ones, and how to ask for rows and for columns."""
    axes = plan.layout.theirs("ocuv")
    name = next(
        (name for name, role in plan.every_argument if role == "w"), plan.kept.get("w", "w")
    )
    if plan.container == "list":
        rows, columns = (f"len({name}{'[0]' * axes.index(letter)})" for letter in "uv")
    else:
        rows, columns = (f"{name}.shape[{axes.index(letter)}]" for letter in "uv")
    return (
        f"It takes every filter for a square one. {MISTAKES['square-assumed'].why} {rows} counts "
        f"rows, {columns} columns."
    )


def _asked(source: str, names: set[str], axes: str) -> Iterator[str]:
    """The axes of filters whose sizes are asked for, each under a name of its own."""
    try:
        tree = ast.parse(textwrap.dedent(source))
    except SyntaxError:
        return

    def is_filters(node: ast.expr) -> bool:
        name = getattr(node, "id", getattr(node, "attr", ""))
        return name in names or bool(re.fullmatch(vocabulary.KEPT_WEIGHT, words_of(name)))

    def is_shape(node: ast.expr) -> bool:
        if isinstance(node, ast.Call) and node.args:
            return getattr(node.func, "attr", "") == "shape" and is_filters(node.args[0])
        return isinstance(node, ast.Attribute) and node.attr == "shape" and is_filters(node.value)

    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            value, left = node.value, axes
            if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Slice):
                begin, end = _number(value.slice.lower), _number(value.slice.upper)
                value, left = value.value, axes[slice(begin, end)]
            parts = node.targets[0].elts
            if is_shape(value) and len(parts) == len(left):
                # The last of equal names has the number; "_" is one that nobody wants.
                named = {
                    getattr(part, "id", "_"): axis for part, axis in zip(parts, left, strict=True)
                }
                yield from (axis for name, axis in named.items() if name.strip("_"))
        elif isinstance(node, ast.Subscript) and is_shape(node.value):
            place = _number(node.slice)
            if place is not None and -len(axes) <= place < len(axes):
                yield axes[place]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "len" and node.args:
            depth, inner = 0, node.args[0]
            while isinstance(inner, ast.Subscript):
                depth, inner = depth + 1, inner.value
            if depth < len(axes) and is_filters(inner):
                yield axes[depth]


def _number(node: ast.expr | None) -> int | None:
    try:
        found = None if node is None else ast.literal_eval(node)
    except ValueError:
        return None
    return found if isinstance(found, int) else None
