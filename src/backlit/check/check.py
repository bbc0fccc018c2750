"""The door: a file, a module, a function or text, and what is to be said about it."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from backlit.errors import ConfigurationError, InputError
from backlit.system.names import checked_names

from .calling import Session, from_names
from .checking import check_subject
from .commanding import check_command
from .layouts import layouts_of
from .planning import ReadingSettings
from .probes import KINDS
from .process import InProcess, Worker, python_process
from .reading import is_pass, subjects
from .report import Report
from .stepping import check_step
from .vocabulary import ARGUMENTS, OPTIMIZERS
from .whole import TrainedNetwork, check_whole


def check(
    what: Any = None,
    *,
    function: str | None = None,
    operation: str | None = None,
    arguments: Sequence[str] | None = None,
    layout: str | None = None,
    command: Sequence[str] | None = None,
    network: TrainedNetwork | None = None,
) -> Report:
    """Try functions of a convolutional network and say what is right, and what is wrong and why.

    Args:
        what: the path of a Python file, a module, a function or a class.  The file is run in a
            process of its own, with limits on time and memory.  A function that is in no file,
            as in a notebook, is called where it is.
        function: the name of one function in the file; by default all that are recognized.
        operation: what it computes ("conv2d", "max_pool2d", …), where the name does not tell.
        arguments: what its arguments are, in order: "dy", "x", "w", "b", "stride", …
        layout: how its arrays are laid out: "nchw", "nhwc", "hw", …
        command: instead of ``what``, a program in any language and its arguments, which answers
            lines of JSON; ``operation`` says what it computes, by default "conv2d".
        network: a :class:`backlit.Network` whose loss and gradients functions of parameters,
            images and labels are to give: parameters in a dictionary by the names that the network
            has, or each as an argument of its own; gradients in the same way, after the loss.

    Returns:
        A report with one finding for each function.

    Raises:
        ConfigurationError: an operation, a layout or an argument that is not known, or one text
            where several are asked for.
        InputError: a file that cannot be loaded, or that has no such function.
    """
    known = (*KINDS, *OPTIMIZERS)
    if operation is not None and operation not in known:
        raise ConfigurationError(
            f"there is no operation {operation!r} to check; there are {', '.join(known)}"
        )
    if command is not None and network is not None:
        raise ConfigurationError("a network is compared with Python functions, not with a command")
    if command is not None:
        command = checked_names("command", command, "a program and its arguments")
        try:
            return Report([check_command(command, operation or "conv2d")])
        except OSError as problem:
            raise InputError(f"{command[0]} cannot be started: {problem.strerror}") from None
    arguments = None if arguments is None else checked_names("arguments", arguments)
    unknown = [each for each in arguments or () if each not in ARGUMENTS]
    if unknown:
        raise ConfigurationError(
            f"no argument can be read as {unknown[0]!r}; there are {', '.join(ARGUMENTS)}"
        )
    worker, name, where = _worker(what, function)
    try:
        return _report(worker, name, where, operation, arguments, layout, network)
    finally:
        worker.close()


def _worker(what: Any, function: str | None) -> tuple[Worker, str | None, str]:
    if isinstance(what, str | os.PathLike):
        path = Path(what)
        if not path.is_file():
            raise InputError(f"{path}: there is no such file")
        return python_process(path), function, str(path)
    if isinstance(what, ModuleType):
        return InProcess(Session(from_names(vars(what)))), function, what.__name__
    if inspect.isclass(what) or callable(what):
        name = getattr(what, "__name__", "function")
        module = sys.modules.get(getattr(what, "__module__", ""), None)
        names = {**(vars(module) if module is not None else {}), name: what}
        return InProcess(Session(from_names(names))), name, name
    raise InputError(
        f"check takes the path of a file, a module, a function or a class, got {what!r}"
    )


def _check_layout(layout: str, operations: Sequence[str]) -> None:
    """Make sure that arrays of one of the operations can be laid out like that."""
    known = {each: [way.name for way in layouts_of(each)] for each in operations}
    if not any(layout in names for names in known.values()):
        (first, names), *_ = known.items()
        raise ConfigurationError(
            f"there is no layout {layout!r} for {first}; there are "
            f"{', '.join(dict.fromkeys(names))}"
        )


def _report(
    worker: Worker,
    name: str | None,
    where: str,
    operation: str | None,
    arguments: Sequence[str] | None,
    layout: str | None,
    network: TrainedNetwork | None,
) -> Report:
    described = worker.ask({"do": "describe"})
    if "error" in described:
        error = described["error"]
        line = f", in line {error['line']}" if error.get("line") else ""
        raise InputError(f"{where} cannot be loaded: {error['type']}: {error['message']}{line}")
    if network is not None:
        uses = described["uses"]
        return Report(check_whole(worker, described["callables"], network, name, uses))
    found = [
        each
        for each in subjects(described["callables"], name, operation)
        if each.operation in KINDS or each.operation in OPTIMIZERS
    ]
    if not found:
        names = ", ".join(str(each["name"]) for each in described["callables"]) or "none"
        wanted = f"no function {name!r} that is" if name else "no function that is"
        raise InputError(
            f"{where}: {wanted} recognized as an operation of a network; its functions are "
            f"{names}. Name one with --function and say what it computes with --operation; a "
            "whole network is compared with a saved one, with --network"
        )
    if layout is not None:
        _check_layout(layout, [each.operation for each in found])
    settings = ReadingSettings(
        operation, layout, tuple(arguments) if arguments else None, tuple(described["uses"])
    )
    findings = [
        check_step(worker, each, described["uses"])
        if each.operation in OPTIMIZERS
        else check_subject(worker, each, settings)
        for each in found
    ]
    looked_at = [each.described["name"] for each in found]
    looked_at += [each.forward["name"] for each in found if each.forward is not None]
    others = [str(each["name"]) for each in described["callables"] if is_pass(str(each["name"]))]
    skipped = () if name else tuple(each for each in others if each not in looked_at)
    return Report(findings, skipped)
