"""``backlit toy``: the pages of networks that can be followed with pencil and paper."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from . import completion, options
from .help import OUTPUT
from .options import option
from .output import paragraph, together
from .serve import open_page

EXAMPLES = """
backlit toy
backlit toy pool
backlit toy layers --html layers.html
"""


def command(
    step: Annotated[
        str,
        typer.Argument(
            metavar="STEP",
            help="Which network: filter, channels, filters, relu, pool, stride, layers or batch, "
            "or its number, 1 to 8; without one, the first.",
            show_default=False,
            autocompletion=completion.toy_steps,
        ),
    ] = "filter",
    html: Annotated[
        Path | None, option(OUTPUT, "FILE", "Write the page to FILE instead of serving it.")
    ] = None,
    port: options.Port = None,
    browser: options.Browser = True,
) -> None:
    """Open the page of a network for pencil and paper, from a filter to two layers of filters.

    All numbers are small and whole, forward and backward, so that everything on the page can be
    worked out by hand. It is a ladder: each step adds one thing, another channel, a ReLU, a pool,
    a stride. Like the page of a run, a step is served to this machine alone, until Ctrl-C.
    """
    from backlit.web import ladder, toy

    found = ladder.step_called(step)
    if html is None:
        look = {"address": found.first, "first": 0, "count": len(found.labels)}
        open_page(toy.toy_live(step), look, port, browser)
        return
    from backlit.system.writing import write_atomically

    write_atomically(html, toy.toy_page(step).encode())
    paragraph(f"{together(str(html))} can be opened in any browser.")
