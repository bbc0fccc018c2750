"""What is graded: a reader's file in a process of its own, or functions that are here already."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from backlit.check.calling import Message, Session, from_names
from backlit.check.process import SECONDS, InProcess, Worker, python_process


class Answer(NamedTuple):
    """What a call gave.

    Attributes:
        value: the result as nested lists; a tuple is a list, too.
        error: what was raised, in the words of :mod:`backlit.check.calling`.
        changed: the places of arguments that were changed.
    """

    value: Any = None
    error: Mapping[str, Any] | None = None
    changed: tuple[int, ...] = ()


class Work:
    """Functions that a reader wrote.

    Args:
        subject: what :func:`backlit.check` takes: the path of a file, or a module.
        worker: who calls them.
        source: their text, as far as it is known.

    Attributes:
        names: of all functions that there are.
        error: why they cannot be loaded, in the words of :mod:`backlit.check.calling`.
    """

    def __init__(self, subject: Path | ModuleType, worker: Worker, source: str) -> None:
        self.subject = subject
        self.source = source
        self._worker = worker
        loaded = worker.ask({"do": "describe"})
        self.error: Mapping[str, Any] | None = loaded.get("error")
        self.names = {str(each["name"]) for each in loaded.get("callables", ())}

    def call(self, function: str, *arguments: Any, seconds: float = SECONDS) -> Answer:
        """Call one of them with nested lists and numbers."""
        return self.steps([step(function, *arguments, show=True)], seconds)[-1]

    def steps(self, steps: Sequence[Message], seconds: float = SECONDS) -> list[Answer]:
        """Several calls, of which a later one may take what an earlier one gave."""
        message = {"do": "steps", "container": "list", "steps": list(steps)}
        answer = self._worker.ask(message, seconds)
        if "error" in answer:
            return [Answer(error=answer["error"])]
        changed = tuple(int(role) for role in answer["changed"])
        return [Answer(_plain(value), changed=changed) for value in answer["values"]]

    def close(self) -> None:
        """Be done."""
        self._worker.close()


def of_file(path: Path) -> Work:
    """The functions of a file."""
    return Work(path, python_process(path), path.read_text(encoding="utf-8"))


def of_functions(functions: Sequence[Callable[..., Any]]) -> Work:
    """Functions that are here, as in a notebook."""
    module = ModuleType("work")
    home = functions[0].__module__
    beside = getattr(functions[0], "__globals__", {})  # an exercise may need more than one of them
    vars(module).update({k: v for k, v in beside.items() if inspect.isfunction(v)})
    vars(module).update({each.__name__: each for each in functions})
    vars(module)["__name__"] = home  # so that they are its own
    sources = "\n".join(filter(None, map(_source, functions)))
    return Work(module, InProcess(Session(from_names(vars(module)))), sources)


def _source(function: Callable[..., Any]) -> str:
    try:
        return textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):
        return ""


def step(function: str, *arguments: Any, show: bool = False) -> Message:
    """A call for :meth:`Work.steps`; an argument may be ``{"from": 0}``, what step 0 gave."""
    given = [
        each if isinstance(each, dict) else {"array": each, "role": str(place)}
        for place, each in enumerate(arguments)
    ]
    return {"do": "call", "name": function, "arguments": given, "show": show}


def _plain(shown: Any) -> Any:
    """What :mod:`backlit.check.calling` shows, as nested lists."""
    if not isinstance(shown, dict) or "none" in shown:
        return None
    if "array" in shown:
        return shown["array"]
    if "items" in shown:
        return [_plain(each) for each in shown["items"]]
    if "dict" in shown:
        return {key: _plain(each) for key, each in shown["dict"].items()}
    return shown.get("other")
