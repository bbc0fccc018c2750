"""``backlit worksheet OPERATION``: exercises for pencil and paper, with a key."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backlit.errors import RunError

from . import completion, options, parsing
from .help import LAYER, OUTPUT
from .options import option
from .output import paragraph, print_json, together

EXAMPLES = """
backlit worksheet conv2d --copies 30 --out sheets
backlit worksheet conv2d --stride 2 --size 5 --seed 7 --out sheets
backlit worksheet max_pool2d --kernel-size 2 --out sheets
backlit worksheet dense --json
"""


def command(
    operation: Annotated[
        str,
        typer.Argument(
            metavar="OPERATION",
            help="What it is about: conv2d, dense, max_pool2d, avg_pool2d, relu, "
            "softmax_cross_entropy or update.",
            autocompletion=completion.worksheets,
        ),
    ],
    seed: Annotated[
        int, option(OUTPUT, "N", "Another seed gives other numbers.", parsing.number_from_zero)
    ] = 0,
    copies: Annotated[
        int, option(OUTPUT, "N", "How many sheets, each with numbers of its own.", parsing.count)
    ] = 1,
    size: Annotated[
        int | None, option(LAYER, "N", "Rows and columns of the input.", parsing.count)
    ] = None,
    kernel_size: Annotated[
        int | None, option(LAYER, "N", "Rows and columns of the window.", parsing.count)
    ] = None,
    stride: Annotated[int | None, option(LAYER, "N", "Step of the window.", parsing.count)] = None,
    padding: Annotated[
        int | None,
        option(LAYER, "N", "Rows and columns of zeros around the input.", parsing.number_from_zero),
    ] = None,
    channels: Annotated[
        int | None, option(LAYER, "N", "Channels of the input.", parsing.count)
    ] = None,
    filters: Annotated[int | None, option(LAYER, "N", "Number of filters.", parsing.count)] = None,
    out: Annotated[
        Path, option(OUTPUT, "DIR", "Folder for sheets.html and key.html, to print.")
    ] = Path("worksheets"),
    json: options.Json = False,
) -> None:
    """Write exercises for pencil and paper: small whole numbers, and a key.

    The same seed gives the same sheets again. Numbers are chosen so that a filter that is turned,
    or read by columns, gives another answer.
    """
    from backlit.system.writing import write_atomically
    from backlit.worksheets import key_page, sheets_page, worksheet

    given = {
        "size": size,
        "kernel_size": kernel_size,
        "stride": stride,
        "padding": padding,
        "channels": channels,
        "filters": filters,
    }
    chosen = {name: value for name, value in given.items() if value is not None}
    sheets = [worksheet(operation, seed, copy, **chosen) for copy in range(copies)]
    if json:
        print_json({"sheets": [sheet.to_data() for sheet in sheets]})
        return
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise RunError(f"{out} cannot be made a folder: {problem.strerror or problem}") from None
    write_atomically(out / "sheets.html", sheets_page(sheets).encode())
    write_atomically(out / "key.html", key_page(sheets).encode())
    paragraph(
        f"{together(str(out / 'sheets.html'))} can be printed from any browser, "
        f"{together(str(out / 'key.html'))} has the answers."
    )
