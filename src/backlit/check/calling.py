"""Call foreign functions and say what came of it, in words that fit into JSON.

This is the side on which the foreign code lives; it is asked by messages and knows nothing of what
is right.  A message holds *steps*: a call, a call of a method of what an earlier step gave, setting
or getting of attributes.  Arrays come as nested lists and are handed over in the container that the
code works on: lists, NumPy arrays or tensors of PyTorch.
"""

from __future__ import annotations

import ast
import copy
import importlib.util
import inspect
import linecache
import math
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from backlit.pure.nested import flat

from .lacking import missing

Message = dict[str, Any]


class Options(dict[str, Any]):
    """A dictionary of options that knows which of them were looked at."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.read: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.read.add(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """The value, or the default."""
        self.read.add(key)
        return super().get(key, default)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """The value, or the default, which is kept."""
        self.read.add(key)
        return super().setdefault(key, default)


class KeptValues(tuple[Any, ...]):
    """What a forward pass may have kept: a tuple that can be asked by name, too."""

    names: dict[str, Any]

    def __new__(cls, parts: Sequence[Any], names: dict[str, Any]) -> KeptValues:
        """A tuple of the parts."""
        made = super().__new__(cls, parts)
        made.names = names
        return made

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            return self.names[key.lower().replace("_", "")]
        return super().__getitem__(key)


class WritableContext(dict[str, Any]):
    """What code writes into that is given a ``ctx``: by key, by attribute, or as PyTorch's does."""

    def save_for_backward(self, *values: Any) -> None:
        """Keep values for the way back, under the names that are in use."""
        self.saved_tensors = self.saved_values = self.saved = self.to_save = values


class Session:
    """Foreign code that is loaded, and what was asked of it.

    Args:
        load: gives the names that the code defined.
    """

    def __init__(self, load: Callable[[], Mapping[str, Any]]) -> None:
        self._load = load
        self._names: Mapping[str, Any] = {}

    def ask(self, message: Message) -> Message:
        """Answer one message; what goes wrong in foreign code is part of the answer."""
        try:
            if message["do"] == "describe":
                return self._describe()
            return self._steps(message)
        except KeyboardInterrupt:
            raise
        except BaseException as problem:
            return {"error": _told(problem)}

    def _describe(self) -> Message:
        self._names = self._load()
        found = [
            _described(name, value)
            for name, value in self._names.items()
            if not name.startswith("_") and _is_own(value, self._names)
        ]
        tables = {
            name: [key for key in value if isinstance(key, str)]
            for name, value in self._names.items()
            if isinstance(value, dict) and not name.startswith("__")
        }
        for each in found:
            asked = [keys for name, keys in tables.items() if name in each["source"]]
            each["keys"] = [key for keys in asked for key in keys]
        uses = [
            name
            for name in ("torch", "numpy")
            if any(
                isinstance(value, ModuleType) and value.__name__.partition(".")[0] == name
                for value in self._names.values()
            )
            or any(
                getattr(value, "__module__", None) and str(value.__module__).startswith(name)
                for value in self._names.values()
            )
        ]
        return {"callables": found, "uses": uses}

    def _steps(self, message: Message) -> Message:
        make = CONTAINERS[message.get("container", "list")]
        values: list[Any] = []
        shown: list[Any] = []
        watched: list[tuple[str, Any, Any]] = []
        options: list[Options] = []
        for number, step in enumerate(message["steps"]):
            positional, keywords = [], {}
            for each in step.get("arguments", ()):
                value = self._argument(each, values, make, options)
                if "array" in each and each.get("watch", True):
                    watched.append((each.get("role", ""), value, copy.deepcopy(value)))
                if each.get("keyword"):
                    keywords[each["keyword"]] = value
                else:
                    positional.append(value)
            try:
                value = self._step(step, values, positional, keywords, make)
            except BaseException as problem:
                if isinstance(problem, KeyboardInterrupt):
                    raise
                return {"error": _told(problem), "step": number, "read": _read(options)}
            for target, place in step.get("updates", ()):
                # What was given back takes the place of what was given.
                new = _returned(value, place)
                if new is not None and _shown(new).keys() == _shown(values[target]).keys():
                    values[target] = new
            values.append(value)
            shown.append(_shown(value) if step.get("show") else None)
        changed = [role for role, value, before in watched if not _same(value, before)]
        return {"values": shown, "changed": changed, "read": _read(options)}

    def _step(
        self,
        step: Message,
        values: list[Any],
        positional: list[Any],
        keywords: dict[str, Any],
        make: Callable[[Any], Any],
    ) -> Any:
        owner: Any = values[step["on"]] if "on" in step else None
        match step["do"]:
            case "call":
                return self._names[step["name"]](*positional, **keywords)
            case "method":
                return getattr(owner, step["name"])(*positional, **keywords)
            case "apply":
                for key in step["part"]:
                    owner = owner[key]
                return owner(*positional, **keywords)
            case "static":
                owner = self._names[step["owner"]]
                return getattr(owner, step["name"])(*positional, **keywords)
            case "context":
                own = next((n for n in self._names if n.lower() in ("context", "ctx")), None)
                return WritableContext() if own is None else self._names[own]()
            case "set":
                setattr(owner, step["name"], positional[0])
                return None
            case "make":
                return positional[0]
            case "attributes":
                return {
                    name: value
                    for name, value in getattr(owner, "__dict__", {}).items()
                    if isinstance(value, list | dict | float) or hasattr(value, "shape")
                }
        raise ValueError(f"no step {step['do']!r}")

    def _argument(
        self,
        each: Message,
        values: list[Any],
        make: Callable[[Any], Any],
        options: list[Options],
    ) -> Any:
        if "array" in each:
            return make(each["array"], **({"whole": True} if each.get("whole") else {}))
        if "options" in each:
            made = {
                key: make(value["array"]) if isinstance(value, dict) else _untupled(value)
                for key, value in each["options"].items()
            }
            options.append(Options(made))
            return options[-1]
        if "latest" in each:
            return values[each["latest"]]
        if "list" in each:
            return [self._argument(part, values, make, options) for part in each["list"]]
        if "tuple" in each:
            parts = [self._argument(part, values, make, options) for part in each["tuple"]]
            return KeptValues(parts, dict(zip(each["names"], parts, strict=True)))
        if "from" in each:
            value = values[each["from"]]
            for key in each.get("part", ()):
                value = value[key]
            return value
        return _untupled(each["value"])


def _returned(value: Any, place: int) -> Any:
    """One of several things that were given back; a single one is the first."""
    parts = value if isinstance(value, tuple) else (value,)
    return parts[place] if place < len(parts) else None


def _untupled(value: Any) -> Any:
    """JSON knows no tuples."""
    return tuple(map(_untupled, value)) if isinstance(value, list) else value


def _read(options: Sequence[Options]) -> list[str]:
    return sorted({key for each in options for key in each.read})


# --- containers -----------------------------------------------------------------------------------


def _list(nested: Any, whole: bool = False) -> Any:
    return copy.deepcopy(nested)


def _numpy(nested: Any, whole: bool = False) -> Any:
    import numpy as np

    return np.array(nested, dtype=np.int64 if whole else np.float64)


def _torch(nested: Any, whole: bool = False) -> Any:
    import torch

    return torch.tensor(nested, dtype=torch.int64 if whole else torch.float64)


CONTAINERS: dict[str, Callable[..., Any]] = {"list": _list, "numpy": _numpy, "torch": _torch}


def _message(problem: BaseException) -> str:
    """The first line of what an exception says, and what is to be done where that is known."""
    if isinstance(problem, ModuleNotFoundError):
        return missing(problem)
    return str(problem).strip().split("\n")[0]


def _shown(value: Any) -> Any:
    """A result as JSON: an array, a dictionary or a row of such, a number, nothing, or a name."""
    if value is None:
        return {"none": True}
    if hasattr(value, "detach"):
        value = value.detach()
    if hasattr(value, "tolist") and hasattr(value, "shape"):
        kind = str(value.dtype).removeprefix("torch.")
        return {"array": value.tolist(), "shape": list(value.shape), "type": kind}
    if isinstance(value, bool | int | float):
        return {"array": value, "shape": [], "type": type(value).__name__}
    if isinstance(value, dict):
        return {"dict": {str(key): _shown(each) for key, each in value.items()}}
    if isinstance(value, list | tuple):
        shape = shape_of_numbers(value) if isinstance(value, list) else None
        if shape is not None:
            return {"array": _plain(value), "shape": list(shape), "type": _number_type(value)}
        return {"items": [_shown(each) for each in value]}
    if hasattr(value, "numerator") and hasattr(value, "denominator"):
        return {"array": float(value), "shape": [], "type": "fraction"}
    return {"other": type(value).__name__}


def _plain(value: Any) -> Any:
    return [_plain(each) for each in value] if isinstance(value, list) else float(value)


def _number_type(value: Any) -> str:
    while isinstance(value, list):
        if not value:
            return "float"
        value = value[0]
    return type(value).__name__


def shape_of_numbers(value: Any) -> tuple[int, ...] | None:
    """The shape of nested lists of numbers; None if they are ragged or hold something else."""
    if not isinstance(value, list):
        number = isinstance(value, int | float) or hasattr(value, "numerator")
        scalar = getattr(value, "shape", None) in ((), None)
        number = number or (hasattr(value, "dtype") and scalar)
        return () if number and scalar else None
    shapes = {shape_of_numbers(each) for each in value}
    if len(shapes) > 1 or None in shapes:
        return None
    inner = shapes.pop() if shapes else ()
    return None if inner is None else (len(value), *inner)


def _same(one: Any, other: Any) -> bool:
    return bool(_shown(one) == _shown(other))


# --- what there is ----------------------------------------------------------------------------


def _is_own(value: Any, names: Mapping[str, Any]) -> bool:
    """Whether it was defined here and not imported."""
    if not (inspect.isfunction(value) or inspect.isclass(value)):
        return False
    home = names.get("__name__")
    return home is None or value.__module__ == home


def _described(name: str, value: Any) -> Message:
    parameters: list[Message] = []
    told: Message = {"name": name, "kind": "class" if inspect.isclass(value) else "function"}
    try:
        told["line"] = inspect.getsourcelines(value)[1]
        told["source"] = inspect.getsource(value)
    except (OSError, TypeError):
        told["line"], told["source"] = 0, ""
    if inspect.isclass(value):
        static = [key for key, each in vars(value).items() if isinstance(each, staticmethod)]
        told["methods"] = {
            key: _parameters(method, skip=key not in static)
            for key, method in inspect.getmembers(value, inspect.isfunction)
            if key in ("__init__", "__call__") or not key.startswith("_")
        }
        told["static"] = static
        parameters = told["methods"].get("__init__", [])
    else:
        parameters = _parameters(value)
    return {**told, "parameters": parameters}


def _parameters(function: Any, skip: int = 0) -> list[Message]:
    try:
        found = list(inspect.signature(function).parameters.values())[skip:]
    except (TypeError, ValueError):
        return []
    return [
        {
            "name": each.name,
            "default": each.default is not each.empty,
            "none": each.default is None,
            "keyword": each.kind is each.KEYWORD_ONLY,
        }
        for each in found
        if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
    ]


def _told(problem: BaseException) -> Message:
    """An exception: its type, its words, the line, and whether the code itself refused."""
    frames = traceback.extract_tb(problem.__traceback__)
    here = str(Path(__file__).parent)
    own = [each for each in frames if not str(each.filename).startswith(here)]
    foreign = [
        each
        for each in own
        if "site-packages" not in each.filename and "importlib" not in each.filename
    ]
    last = foreign[-1] if foreign else None
    line = (last.line or "").strip() if last else ""
    refused = bool(
        last and own and own[-1] is last and line.startswith(("raise ", "assert ", "assert("))
    )
    # A line of the code itself, where one of a library that it calls would say little.
    written = [each for each in foreign if not str(each.filename).startswith(_LIBRARIES)]
    shown = written[-1] if written else last
    told = {
        "type": type(problem).__name__,
        "message": _message(problem),
        "line": shown.lineno if shown else None,
        "code": (shown.line or "").strip() if shown else "",
        "refused": refused or isinstance(problem, NotImplementedError),
    }
    if isinstance(problem, SyntaxError) and not foreign:  # in the file itself
        code = (problem.text or "").strip()
        told |= {"message": problem.msg, "line": problem.lineno, "code": code}
    return told


_LIBRARIES = (str(Path(os.__file__).parent), str(Path(__file__).parents[1]))


# --- where code comes from ------------------------------------------------------------------------


def from_file(path: str) -> Callable[[], Mapping[str, Any]]:
    """Import a file as a module that is not the main program."""

    def load() -> Mapping[str, Any]:
        folder = str(Path(path).resolve().parent)
        if folder not in sys.path:
            sys.path.insert(0, folder)
        name = Path(path).stem
        if not name.isidentifier() or name in sys.modules:
            name = "checked_file"
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise ImportError(f"{path} is no Python file")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        return vars(module)

    return load


def from_text(text: str) -> Callable[[], Mapping[str, Any]]:
    """Run Python text as a module of its own."""

    def load() -> Mapping[str, Any]:
        names: dict[str, Any] = {"__name__": "checked_text"}
        lines = text.splitlines(keepends=True)
        linecache.cache["<checked>"] = (len(text), None, lines, "<checked>")
        exec(compile(ast.parse(text), "<checked>", "exec"), names)
        return names

    return load


def from_names(names: Mapping[str, Any]) -> Callable[[], Mapping[str, Any]]:
    """What is in memory already."""
    return lambda: names


def finite(nested: Any) -> bool:
    """Whether all numbers of nested lists are finite."""
    return all(math.isfinite(each) for each in flat(nested))
