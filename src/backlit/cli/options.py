"""Arguments and options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from . import completion, parsing
from .help import DATA, NETWORK, OUTPUT

SEVERAL = 8  # images of a page for which none were asked for, as of a ViewRequest


def option(
    group: str,
    metavar: str,
    help: str,
    parser: Callable[[str], Any] | None = None,
    complete: Callable[[str], Any] | None = None,
) -> Any:
    """An option with a value, under the heading ``group`` of the help page."""
    return typer.Option(
        metavar=metavar,
        help=help,
        parser=parser,
        autocompletion=complete,
        rich_help_panel=group,
    )


def flag(group: str, name: str, help: str) -> Any:
    """An option without a value; ``"--story/--no-story"`` can also be switched off."""
    return typer.Option(name, help=help, rich_help_panel=group)


Run = Annotated[
    Path,
    typer.Argument(
        metavar="RUN", help="The folder of a training run, or the file of a saved network."
    ),
]
RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a training run.")]
DataDir = Annotated[
    Path | None,
    option(
        DATA,
        "DIR",
        "Folder with the files of a named data set; nothing is downloaded then. The environment "
        "variable BACKLIT_DATA does the same.",
    ),
]
Engine = Annotated[
    str | None,
    option(
        NETWORK,
        "NAME",
        "What computes: fast (compiled kernels, float32) or pure (plain Python loops, float64).",
        parsing.engine,
        completion.engines,
    ),
]
Port = Annotated[
    int | None,
    option(OUTPUT, "N", "Port to serve on; by default 8420, or any free one.", parsing.port),
]
Browser = Annotated[bool, flag(OUTPUT, "--browser/--no-browser", "Open the page in a browser.")]
Evaluation = Annotated[
    bool,
    flag(
        NETWORK,
        "--evaluation",
        "Run batch norm and dropout as in evaluation, not as in a training step.",
    ),
]
Json = Annotated[
    bool,
    flag(OUTPUT, "--json", "Print one JSON document, and nothing else, to standard output."),
]
Quiet = Annotated[bool, flag(OUTPUT, "--quiet", "Show no progress.")]
