"""The package as it would be if somebody had named every local variable otherwise."""

import ast
from pathlib import Path


def renamed(source: str) -> tuple[str, int]:
    """The text with other names for the variables of its functions, and how many those are."""
    data, places = source.encode(), []
    names = {}
    for function in _outermost_functions(ast.parse(source)):
        own = _variables(function)
        names.update({(function, name): f"{name}_{k}" for k, name in enumerate(sorted(own))})
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and node.id in own:
                places.append((node.lineno, node.col_offset, node.id, names[function, node.id]))
    starts = [0]
    for line in data.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for row, column, old, new in sorted(places, reverse=True):
        start = starts[row - 1] + column
        data = data[:start] + new.encode() + data[start + len(old.encode()) :]
    return data.decode(), len(names)


def rename_package(package: Path, target: Path) -> int:
    """Write a copy with other names for all variables, and its modules in other files."""
    count = 0
    for path in package.rglob("*.py"):
        text, names = renamed(path.read_text(encoding="utf-8"))
        file = target / path.relative_to(package).with_name(f"moved_{path.name}")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        count += names
    return count


def _outermost_functions(tree: ast.AST) -> list[ast.AST]:
    found = []
    for node in ast.iter_child_nodes(tree):
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        found += [node] if is_function else _outermost_functions(node)
    return found


def _variables(function: ast.AST) -> set[str]:
    """What is set in a function, without what may be meant by its text or by another scope."""
    stored, other = set(), set()
    for node in ast.walk(function):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                stored.add(name)
            case ast.arg(arg=name):
                other.add(name)  # callers may name it
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                other.update(names)
            case ast.JoinedStr():  # where the places of names are not known to Python 3.11
                other |= {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.alias(name=name):
                other.add(name)
    return stored - other
