"""The application: all commands under one name."""

from __future__ import annotations

from typing import Annotated, get_type_hints

import typer

from backlit import __version__

from . import (
    check,
    demo,
    eject,
    equations,
    explain,
    info,
    learn,
    plot,
    predict,
    serve,
    toy,
    train,
    worksheet,
)
from .help import Command, Group

EXAMPLES = """
backlit demo
backlit train digits --out runs/digits
backlit explain runs/digits 'conv1.weight[0,0,1,2]' --image 17
backlit predict runs/digits five.png
backlit equations conv2d --stride 2 --padding 1
backlit check my_conv.py
"""

app = typer.Typer(
    cls=Group,
    epilog=EXAMPLES,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

COMMANDS = {
    "demo": demo,
    "train": train,
    "explain": explain,
    "serve": serve,
    "toy": toy,
    "plot": plot,
    "predict": predict,
    "eject": eject,
    "info": info,
    "equations": equations,
    "check": check,
    "learn": learn,
    "worksheet": worksheet,
}
for name, module in COMMANDS.items():
    # Evaluated here once; typer does so four times, at every start.
    module.command.__annotations__ = get_type_hints(module.command, include_extras=True)
    app.command(name, cls=Command, epilog=module.EXAMPLES)(module.command)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"backlit {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def backlit(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """A convolutional network that you can see through.

    Train one on pictures, then see how the error reached any of its filter weights and changed it,
    number by number.

    The exit status is 0 when the work is done, 1 when it failed, 2 for wrong usage, and 130 after
    Ctrl-C.
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
