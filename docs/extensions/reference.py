"""The reference: in the pages' source each name's signature and first sentence, on the site all."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from typing import Any

from docs.extensions.house import prose


def reference(*names: str) -> str:
    """A list of public names such as ``backlit.Conv2d``, each with how it is called.

    A name that ends with ``.*`` stands for a class with its methods, or a module with its names.
    """
    return "\n".join(line for name in names for line in _lines(name))


def _lines(name: str) -> list[str]:
    whole, name = name.endswith(".*"), name.removesuffix(".*")
    thing = found(name)
    if inspect.ismodule(thing):
        return [_line(f"{name}.{each}", getattr(thing, each)) for each in _public(thing)]
    lines = [_line(name, thing)]
    if whole:
        lines += [f"  {_line(each, getattr(thing, each), short=True)}" for each in _public(thing)]
    return lines


def directives(*names: str) -> str:
    """The same for Sphinx, which has the whole docstrings."""
    lines = []
    for name in names:
        whole, name = name.endswith(".*"), name.removesuffix(".*")
        thing = found(name)
        kind = "module" if inspect.ismodule(thing) else "class" if inspect.isclass(thing) else None
        lines.append(f".. auto{kind or 'function'}:: {name}")
        lines += ["   :members:"] * whole
    return "\n".join(["```{eval-rst}", *lines, "```"])


def found(name: str) -> Any:
    """The class, function or module of that name.

    A function and its module may have the same name, such as ``backlit.learn.notebook``: what the
    module above offers by it is meant.
    """
    above, _, last = name.rpartition(".")
    door = import_module(above)
    if last in getattr(door, "__all__", ()):
        return getattr(door, last)
    try:
        return import_module(name)
    except ImportError:
        return getattr(door, last)


def _public(thing: Any) -> list[str]:
    """What belongs to a class or a module itself, has a docstring, and no underscore before it."""
    if hasattr(thing, "__all__"):
        return list(thing.__all__)
    names = []
    for name, member in vars(thing).items():
        own = inspect.isroutine(member) or isinstance(member, property) or inspect.isclass(member)
        elsewhere = inspect.ismodule(thing) and getattr(member, "__module__", "") != thing.__name__
        if own and not elsewhere and not name.startswith("_") and inspect.getdoc(member):
            names.append(name)
    return names


def _line(name: str, thing: Any, short: bool = False) -> str:
    shown = name if short else name.replace("backlit.", "bl.", 1)
    return f"- `{shown}{_signature(thing)}`: {sentence(thing)}"


def _signature(thing: Any) -> str:
    if not callable(thing):
        return ""
    try:
        parameters = list(inspect.signature(thing).parameters.values())
    except ValueError:
        return ""
    if inspect.isclass(thing) and issubclass(thing, Exception):
        return ""
    plain = [each.replace(annotation=inspect.Parameter.empty) for each in parameters]
    text = str(inspect.Signature([each for each in plain if each.name != "self"]))
    return re.sub(r"<[\w.]+ object at 0x\w+>|<(\w+)[^>]*>", r"…", text)


def sentence(thing: Any) -> str:
    """The first sentence of its docstring."""
    first = (inspect.getdoc(thing) or "").partition("\n\n")[0].replace("\n", " ")
    return prose(first)
