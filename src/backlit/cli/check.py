"""``backlit check FILE.py``: what is wrong with functions that somebody wrote."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import options
from .help import CODE
from .options import option
from .output import console, print_json
from .parsing import UsageError, refuse

if TYPE_CHECKING:
    from backlit.check import Report

EXAMPLES = """
backlit check my_conv.py
backlit check my_conv.py --function conv_backward
backlit check mine.py --function back --operation conv2d --arguments dy,x,w
backlit check --command ./conv2d_backward --operation conv2d
backlit check my_network.py --network runs/first
"""


def command(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="A Python file with functions or classes."),
    ] = None,
    function: Annotated[
        str | None, option(CODE, "NAME", "Only this function or class of the file.")
    ] = None,
    operation: Annotated[
        str | None,
        option(CODE, "NAME", "What it computes, such as conv2d, where its name does not tell."),
    ] = None,
    arguments: Annotated[
        str | None,
        option(CODE, "NAMES", "What its arguments are, in order, such as dy,x,w,stride."),
    ] = None,
    layout: Annotated[
        str | None, option(CODE, "NAME", "How its arrays are laid out, such as nchw or nhwc.")
    ] = None,
    program: Annotated[
        str | None,
        typer.Option(
            "--command",
            metavar="PROGRAM",
            help="A program in any language that answers lines of JSON, and its arguments in the "
            "same quotes.",
            rich_help_panel=CODE,
        ),
    ] = None,
    network: Annotated[
        Path | None,
        option(CODE, "RUN", "A run or saved network whose whole gradients the code gives."),
    ] = None,
    json: options.Json = False,
) -> None:
    """Check your own forward and backward passes, and name what is wrong.

    Functions are found by their names and arguments, tried on small whole numbers with many
    options, and compared with the book. The file runs in a process of its own.

    The exit status is 0 if all is right, 1 if something is wrong, 2 if nothing could be tried.
    """
    from backlit.check import check
    from backlit.errors import InputError
    from backlit.runs.opening import open_network

    if (file is None) == (program is None):
        raise UsageError("name either the FILE to check or a program with --command")
    if program is not None:
        names = ("function", "arguments", "layout")
        refuse(context, names, "does not apply to a program, whose letters are fixed: leave it out")
    elif network is not None:
        names = ("operation", "arguments", "layout")
        refuse(context, names, "does not apply to whole gradients with --network: leave it out")
    told = None if arguments is None else [each.strip() for each in arguments.split(",")]
    try:
        report = check(
            file,
            function=function,
            operation=operation,
            arguments=told,
            layout=layout,
            command=None if program is None else shlex.split(program),
            network=None if network is None else open_network(network),
        )
    except InputError as problem:
        raise UsageError(str(problem)) from None
    if json:
        print_json(report.document())
    else:
        print_lines(report.typeset)
    raise typer.Exit(_status(report))


def _status(report: Report) -> int:
    if report.ok:
        return 0
    return 1 if any(each.verdict in ("wrong", "failed") for each in report.findings) else 2


def print_lines(typeset: Callable[[int], Iterable[tuple[str, str]]]) -> None:
    """Write what is laid out for a width, each line in the color of its kind."""
    from rich.text import Text

    from backlit.views.charset import fit
    from backlit.views.palette import BLUE, GRAY, GREEN, RED

    styles = {
        "head right": f"bold {GREEN}",
        "head wrong": f"bold {RED}",
        "head failed": f"bold {RED}",
        "head unknown": "bold",
        "code": BLUE,
        "note": GRAY,
    }
    out = console()
    for kind, line in typeset(max(40, min(out.width, 100))):
        out.print(Text(fit(line, out.encoding), styles.get(kind, "")), soft_wrap=True)
