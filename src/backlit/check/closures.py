"""Functions that give back functions: an output with its way back, or both passes made at once."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Described = Mapping[str, Any]
_Function = ast.FunctionDef | ast.Lambda


@dataclass(frozen=True)
class InnerFunction:
    """A function that another one gives back.

    Attributes:
        place: where it is in what comes back; () if it is all of that.
        described: what is known of it, as of any other function.
    """

    place: tuple[int, ...]
    described: Described


@dataclass(frozen=True)
class Closure:
    """How to get at a backward function that another function gives back.

    Attributes:
        maker: what is called first: the forward function, or one that makes both.
        backward: the place of the backward function in what that gives back.
        forward: the place of the forward function; None if the maker is the forward function.
    """

    maker: Described
    backward: tuple[int, ...]
    forward: tuple[int, ...] | None


def inner_functions(described: Described) -> list[InnerFunction]:
    """The functions that a function gives back, as its text says."""
    try:
        tree = ast.parse(textwrap.dedent(str(described.get("source", ""))))
    except SyntaxError:
        return []
    outer = tree.body[0] if tree.body else None
    if not isinstance(outer, ast.FunctionDef):
        return []
    inner = dict(_defined(outer))
    returns = [each.value for each in outer.body if isinstance(each, ast.Return)]
    if not returns or returns[-1] is None:
        return []
    value = returns[-1]
    parts = value.elts if isinstance(value, ast.Tuple) else [value]
    found = []
    for k, part in enumerate(parts):
        function = inner.get(part.id) if isinstance(part, ast.Name) else part
        if isinstance(function, ast.FunctionDef | ast.Lambda):
            name = part.id if isinstance(part, ast.Name) else "lambda"
            place = (k,) if isinstance(value, ast.Tuple) else ()
            found.append(InnerFunction(place, _described(name, function)))
    return found


def _defined(outer: ast.FunctionDef) -> Iterator[tuple[str, _Function]]:
    for each in outer.body:
        if isinstance(each, ast.FunctionDef):
            yield each.name, each
        elif isinstance(each, ast.Assign) and isinstance(each.value, ast.Lambda):
            for target in each.targets:
                if isinstance(target, ast.Name):
                    yield target.id, each.value


def _described(name: str, function: _Function) -> Described:
    given = function.args
    plain = [*given.posonlyargs, *given.args]
    required = len(plain) - len(given.defaults)
    parameters = [
        {"name": each.arg, "default": k >= required, "none": False, "keyword": False}
        for k, each in enumerate(plain)
    ]
    parameters += [
        {"name": each.arg, "default": default is not None, "none": False, "keyword": True}
        for each, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
    ]
    source = ast.unparse(function)
    return {"name": name, "kind": "function", "parameters": parameters, "source": source, "line": 0}
